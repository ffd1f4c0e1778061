import AuthClient
import Crypto
import Messaging
import Model
import Passwords
import Policy
import SQL
import StrictJSON
import Web

/// The one table from what the service says no with to what goes over the wire.
enum HelpdeskProblems {
    /// The problem of an error; `nil` for one nobody foresaw, which the router answers as internal.
    static func problem(for error: any Error) -> Problem? {
        switch error {
        case let error as HelpdeskError: problem(of: error)
        case let error as CallerVerificationError: problem(of: HelpdeskError(error))
        case let refusal as Refusal: problem(of: refusal, nil)
        case let error as DatabaseError: problem(of: error)
        default: nil
        }
    }

    /// The problem of an error of this service.
    static func problem(of error: HelpdeskError) -> Problem {
        switch error {
        case .notSignedIn, .authUnavailable, .auth, .proofRefused: authProblem(error)
        case .refused(let refusal, let account): problem(of: refusal, account)
        case .accountNotFound, .storeNotFound, .storeUnavailable, .invalidCursor: directoryProblem(error)
        case .linkNotValid, .tooManyLinkAttempts, .linkNotFound, .linkEnded: linkProblem(error)
        case .contactUnknown, .passwordRefused, .passwordImpossible, .methodUnavailable: passwordProblem(error)
        case .idempotencyKeyReused, .operationInProgress, .operationNotFound, .nothingToRetry, .retryTooLate:
            operationProblem(error)
        case .noticeNotFound, .enrollmentURLUnknown, .noticeWords: noticeProblem(error)
        case .nameTooCommon(let count):
            Problem(
                status: 422, code: "helpdesk.name_too_common", title: "The name means too many users",
                detail: "\(count) users are found by it, and at most \(ReadHistory.mostNamed) can be looked for.")
        case .tooManyExports:
            Problem(
                status: 503, code: "helpdesk.too_many_exports", title: "Too many files are being made",
                detail: "Try again when one of them has ended."
            ).header("Retry-After", "10")
        }
    }

    private static func problem(of refusal: Refusal, _ account: AccountID?) -> Problem {
        let status = refusal == .skipReasonRequired ? 422 : 403
        let problem = Problem(
            status: status, code: refusal.rawValue, title: "Refused by policy", detail: refusal.sentence)
        return account.map { problem.member("account", .string($0.text)) } ?? problem
    }

    private static func problem(of error: DatabaseError) -> Problem? {
        switch error {
        case .unavailable, .busy, .full:
            Problem(
                status: 503, code: "helpdesk.database_unavailable", title: "The database cannot be used right now",
                detail: "Look again shortly: what was asked may not have been done."
            ).header("Retry-After", "2")
        case .constraint, .failed, .unexpectedValue: nil
        }
    }

    private static func authProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .auth(let refusal): return problem(of: refusal)
        case .authUnavailable(let span):
            return Problem(
                status: 503, code: "helpdesk.auth_unavailable", title: "The auth service does not answer",
                detail: "Nothing was done. Try again shortly."
            ).header("Retry-After", String(max(1, span.wholeSeconds)))
        case .proofRefused:
            return Problem(
                status: 403, code: "helpdesk.proof_refused", title: "The proof is not valid",
                detail: "What the auth service handed out does not prove this caller for this act. Nothing was done.")
        default:
            return Problem(status: 401, code: "helpdesk.not_signed_in", title: "Sign in first")
                .header("WWW-Authenticate", "Bearer")
        }
    }

    /// The auth service's own words, under its own code.
    private static func problem(of refusal: AuthRefusal) -> Problem {
        var problem = Problem(
            status: refusal.status, code: refusal.code, title: refusal.title, detail: refusal.detail)
        problem.pointer = refusal.pointer
        problem.extra = refusal.extra
        return refusal.retryAfter.map { problem.header("Retry-After", $0) } ?? problem
    }

    private static func directoryProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .storeUnavailable(let store):
            Problem(
                status: 503, code: "helpdesk.store_unavailable", title: "The identity store does not answer",
                detail: "Store \(store.text) cannot be asked right now. Nothing was done."
            ).header("Retry-After", "5")
        case .storeNotFound:
            Problem(status: 404, code: "helpdesk.store_not_found", title: "No such identity store")
        case .invalidCursor:
            Problem(status: 400, code: "web.invalid_cursor", title: "Not a cursor of this list")
                .member("parameter", "cursor")
        default:
            Problem(status: 404, code: "helpdesk.account_not_found", title: "No such account")
        }
    }

    private static func passwordProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .contactUnknown(let channel):
            Problem(
                status: 422, code: "helpdesk.contact_unknown", title: "Not an address of this user",
                detail: "Choose one of the user's contacts; it may have changed since."
            ).at(channel == .sms ? "/deliver/mobile" : "/deliver/email")
        case .passwordRefused(let problems):
            Problem(
                status: 422, code: "helpdesk.password_refused", title: "The password does not meet the policy",
                detail: problems.map(\.sentence).joined(separator: " ")
            ).at("/password").member("problems", .array(problems.map { .string($0.code) }))
        case .methodUnavailable:
            Problem(
                status: 422, code: "helpdesk.method_unavailable", title: "This reset method is not offered",
                detail: "This service has no publicURL in its configuration, which links need."
            ).at("/method")
        default:
            Problem(
                status: 422, code: "helpdesk.password_impossible", title: "No password could be made",
                detail: "The password policy of the store cannot be met by a generated password.")
        }
    }

    private static func noticeProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .noticeWords(let words):
            Problem(
                status: 422, code: "helpdesk.notice_words_refused", title: "These words cannot be sent",
                detail: words.sentence
            ).at(words.isSubject ? "/subject" : "/message")
        case .enrollmentURLUnknown:
            Problem(
                status: 409, code: "helpdesk.enrollment_url_unknown", title: "Nobody knows where people enroll",
                detail: "An administrator has to set enrollmentURL in the configuration of this service.")
        default:
            Problem(status: 404, code: "helpdesk.notice_not_found", title: "No such request to enroll")
        }
    }

    private static func linkProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .tooManyLinkAttempts(let wait):
            Problem(status: 429, code: "helpdesk.too_many_link_attempts", title: "Too many tries from this address")
                .header("Retry-After", String(wait.wholeSeconds))
        case .linkNotFound:
            Problem(status: 404, code: "helpdesk.link_not_found", title: "No such link")
        case .linkEnded:
            Problem(status: 409, code: "helpdesk.link_ended", title: "The link has ended already")
        default:
            Problem(
                status: 404, code: "helpdesk.link_not_valid", title: "This link cannot be used",
                detail: "Its time ran out, it was used, another one was sent after it, or it never was one.")
        }
    }

    private static func operationProblem(_ error: HelpdeskError) -> Problem {
        switch error {
        case .idempotencyKeyReused:
            Problem(
                status: 422, code: "helpdesk.idempotency_key_reused", title: "The Idempotency-Key was used before",
                detail: "It belongs to another request. Send a new key with a new request.")
        case .operationInProgress:
            Problem(
                status: 409, code: "helpdesk.operation_in_progress", title: "The operation is still being worked on",
                detail: "Look again shortly, with the same key."
            ).header("Retry-After", "1")
        case .nothingToRetry:
            Problem(status: 409, code: "helpdesk.nothing_to_retry", title: "No account of this operation has failed")
        case .retryTooLate:
            Problem(
                status: 409, code: "helpdesk.retry_too_late", title: "The operation can no longer be tried again",
                detail: "Start another one.")
        default:
            Problem(status: 404, code: "helpdesk.operation_not_found", title: "No such operation")
        }
    }
}
