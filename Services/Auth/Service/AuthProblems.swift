import Crypto
import Directory
import Messaging
import Model
import Policy
import SQL
import StrictJSON
import Web

/// The one table from what the service says no with to what goes over the wire.
enum AuthProblems {
    /// The problem of an error; `nil` for one nobody foresaw, which the router answers as internal.
    static func problem(for error: any Error) -> Problem? {
        switch error {
        case let error as AuthError: stated(error)
        case let refusal as Refusal: refused(refusal)
        case let error as DatabaseError: unavailable(error)
        case OutboxError.database(let error): unavailable(error)
        case CryptoError.busy: stated(.busy)
        default: nil
        }
    }

    private static func refused(_ refusal: Refusal) -> Problem {
        Problem(status: 403, code: refusal.rawValue, title: "Refused by policy", detail: refusal.sentence)
    }

    private static func unavailable(_ error: DatabaseError) -> Problem? {
        switch error {
        case .unavailable, .busy, .full:
            Problem(
                status: 503, code: "auth.database_unavailable", title: "The database cannot be used right now",
                detail: "Nothing was changed. Try again shortly."
            ).header("Retry-After", "2")
        case .constraint, .failed, .unexpectedValue: nil
        }
    }

    private static func stated(_ error: AuthError) -> Problem {
        switch error {
        case .signInRejected, .signInUnsupported, .tooManyAttempts, .notSignedIn, .stepUpRequired, .stepUpRejected:
            signInProblem(error)
        case .refused(let refusal): refused(refusal)
        case .storeUnavailable, .accountNotFound, .busy: directoryProblem(error)
        case .verificationNotFound, .verificationNotOpen, .typeNotOffered, .alreadyVerified, .questionNotAsked,
            .questionAnswered, .verificationNotSatisfied, .proofAlreadyRedeemed, .requirementChanged, .codeTooSoon:
            verificationProblem(error)
        case .typeNotEnabled, .invalidNumber, .countryNotAllowed, .invalidAddress, .nothingToConfirm,
            .confirmationWrong,
            .questionsRefused, .answerRefused, .notEnrolled, .accountLinked:
            enrollmentProblem(error)
        case .linkRefused(let obstacle): linkProblem(obstacle)
        case .idempotencyKeyReused, .approvalNotFound, .approvalNotOpen: approvalProblem(error)
        case .roleInvalid, .roleNotFound, .roleChanged, .roleRefused: RoleProblems.problem(of: error)
        case .linkNotFound: Problem(status: 404, code: "auth.link_not_found", title: "The account is not linked")
        }
    }

    private static func signInProblem(_ error: AuthError) -> Problem {
        switch error {
        case .tooManyAttempts(let wait):
            Problem(status: 429, code: "auth.too_many_attempts", title: "Too many sign-in attempts")
                .header("Retry-After", String(wait.wholeSeconds))
        case .signInUnsupported(let reason):
            Problem(
                status: 403, code: "auth.sign_in_unsupported", title: "Nobody signs in with this identity store",
                detail: reason)
        case .signInRejected:
            Problem(
                status: 401, code: "auth.sign_in_rejected", title: "Sign-in rejected",
                detail: "The store, the login or the password is not right, or the account cannot sign in.")
        case .stepUpRequired:
            Problem(
                status: 403, code: "auth.step_up_required", title: "Prove first that it is you",
                detail: "Configuration is changed within minutes of POST /v1/sessions/current/step-up.")
        case .stepUpRejected:
            Problem(
                status: 403, code: "auth.step_up_rejected", title: "That does not prove that it is you",
                detail: "The password is not right, or the account cannot sign in.")
        default:
            Problem(status: 401, code: "auth.not_signed_in", title: "Sign in first")
                .header("WWW-Authenticate", "Bearer")
        }
    }

    private static func directoryProblem(_ error: AuthError) -> Problem {
        switch error {
        case .storeUnavailable(let store):
            Problem(
                status: 503, code: "auth.store_unavailable", title: "The identity store does not answer",
                detail: "Store \(store.text) cannot be asked right now. Nothing was changed."
            ).header("Retry-After", "5")
        case .busy:
            Problem(status: 503, code: "auth.busy", title: "Too much work is waiting").header("Retry-After", "1")
        default:
            Problem(status: 404, code: "auth.account_not_found", title: "No such account")
        }
    }

    private static func verificationProblem(_ error: AuthError) -> Problem {
        switch error {
        case .typeNotOffered:
            Problem(
                status: 409, code: "auth.type_not_offered", title: "This type cannot be used here",
                detail: "The account is not enrolled with it, it is locked, or the policy does not count it.")
        case .alreadyVerified:
            Problem(status: 409, code: "auth.already_verified", title: "This type has been verified already")
        case .questionNotAsked:
            Problem(status: 404, code: "auth.question_not_asked", title: "This question is not asked here")
        case .questionAnswered:
            Problem(status: 409, code: "auth.question_answered", title: "This question has been answered right")
        case .verificationNotOpen:
            Problem(
                status: 409, code: "auth.verification_not_open", title: "The verification takes no more answers",
                detail: "It has failed, expired, been used or been replaced. Start another.")
        case .verificationNotSatisfied:
            Problem(status: 409, code: "auth.verification_not_satisfied", title: "Not enough has been verified")
        case .proofAlreadyRedeemed:
            Problem(status: 409, code: "auth.proof_redeemed", title: "The proof was used for another operation")
        case .requirementChanged:
            Problem(
                status: 409, code: "auth.requirement_changed", title: "What was verified is no longer enough",
                detail: "A policy, an enrollment or a lock changed since. Start another verification.")
        case .codeTooSoon(let wait):
            Problem(status: 429, code: "auth.code_too_soon", title: "Another code cannot be sent yet")
                .header("Retry-After", String(max(wait.wholeSeconds, 0) + 1))
        default:
            Problem(status: 404, code: "auth.verification_not_found", title: "No such verification")
        }
    }

    private static func enrollmentProblem(_ error: AuthError) -> Problem {
        switch error {
        case .invalidNumber:
            Problem(
                status: 422, code: "auth.invalid_number", title: "Not a mobile number",
                detail: "Write the number in international form, for example +15550100123."
            ).at("/number")
        case .countryNotAllowed:
            Problem(
                status: 422, code: "auth.country_not_allowed", title: "No messages go to this country",
                detail: "Codes are sent to mobile numbers of some countries only. Ask your help desk which."
            ).at("/number")
        case .invalidAddress:
            Problem(status: 422, code: "auth.invalid_address", title: "Not a mail address").at("/address")
        case .nothingToConfirm:
            Problem(
                status: 409, code: "auth.nothing_to_confirm", title: "There is nothing to confirm",
                detail: "The code has expired, was used, or has no tries left. Start again.")
        case .confirmationWrong(let left):
            Problem(status: 422, code: "auth.code_wrong", title: "The code is not right")
                .member("attemptsLeft", .integer(Int64(left)))
        case .questionsRefused(let count):
            Problem(
                status: 422, code: "auth.questions_refused", title: "Not the right questions",
                detail: "Choose \(count) different questions of the pool."
            ).at("/answers")
        case .answerRefused(let index, let problem):
            Problem(
                status: 422, code: "auth.answer_refused", title: "This answer cannot be used",
                detail: sentence(problem)
            ).at("/answers/\(index)/answer")
        case .notEnrolled:
            Problem(status: 404, code: "auth.not_enrolled", title: "Not enrolled with this type")
        case .accountLinked:
            Problem(
                status: 409, code: "auth.account_linked", title: "This account is linked to another",
                detail: "The enrollment of the account it is linked to serves this one too. Sign in with that one.")
        default:
            Problem(status: 403, code: "auth.type_not_enabled", title: "Your role does not enable this type")
        }
    }

    private static func approvalProblem(_ error: AuthError) -> Problem {
        switch error {
        case .idempotencyKeyReused:
            Problem(
                status: 422, code: "auth.idempotency_key_reused", title: "The Idempotency-Key was used before",
                detail: "It belongs to another request. Send a new key with a new request.")
        case .approvalNotOpen:
            Problem(
                status: 409, code: "auth.approval_not_open", title: "There is nothing to decide any more",
                detail: "Somebody else has decided, or the time has run out.")
        default:
            Problem(status: 404, code: "auth.approval_not_found", title: "No such request")
        }
    }

    private static func linkProblem(_ obstacle: LinkObstacle) -> Problem {
        let (status, code) =
            switch obstacle {
            case .itself: (422, "auth.link_to_itself")
            case .linkedElsewhere: (409, "auth.already_linked")
            case .masterIsLinked, .accountIsMaster: (409, "auth.link_chain")
            case .accountIsEnrolled: (409, "auth.linked_account_enrolled")
            }
        return Problem(
            status: status, code: code, title: "The accounts cannot be linked", detail: obstacle.sentence)
    }

    private static func sentence(_ problem: AnswerProblem) -> String {
        switch problem {
        case .tooShort: "The answer is too short."
        case .personal: "The answer is your name, login or address."
        case .wordOfQuestion: "The answer is a word of its question."
        case .repeated: "Two questions have the same answer."
        }
    }
}
