import AuthClient
import Messaging
import Model
import Passwords
import Policy

/// Why the helpdesk service says no. It knows no HTTP status: `HelpdeskProblems.swift` gives each its problem.
public enum HelpdeskError: Error, Sendable, Equatable {
    /// No token, a bad token, or a session that has ended.
    case notSignedIn
    /// The auth service gave no answer, or none that can be understood; nothing was done (ST-02).
    case authUnavailable(retryAfter: Duration)
    /// The auth service says no.
    case auth(AuthRefusal)
    /// A rule says no; for which account, where it is about one.
    case refused(Refusal, AccountID?)
    /// The auth service's proof is not what it should be.
    case proofRefused
    /// No such account, or no longer.
    case accountNotFound
    /// No such store here.
    case storeNotFound
    /// The directory cannot be asked right now.
    case storeUnavailable(StoreID)
    /// The contact is none of the user's, or cannot be sent to, or is of another channel.
    case contactUnknown(MessageChannelKind)
    /// The password does not meet the policy (PW-01).
    case passwordRefused([PasswordProblem])
    /// No password could be made that meets the policy.
    case passwordImpossible
    /// The same key came with another request (CR-03).
    case idempotencyKeyReused
    /// The same key's first request is still being worked on, or its operation is.
    case operationInProgress
    /// No such operation of this operator.
    case operationNotFound
    /// No account of the operation failed.
    case nothingToRetry
    /// The time for another try has passed.
    case retryTooLate
    /// This way of resetting is not offered.
    case methodUnavailable
    /// No such request to enroll, or one that reached stores the role does not.
    case noticeNotFound
    /// The configuration does not say where people enroll.
    case enrollmentURLUnknown
    /// The operator's own words cannot be used.
    case noticeWords(OwnWordsError)
    /// The token opens nothing, for whatever reason.
    case linkNotValid
    /// Too many tokens from one address that open nothing.
    case tooManyLinkAttempts(retryAfter: Duration)
    /// No such link, or none of the operator's stores.
    case linkNotFound
    /// The link has ended already.
    case linkEnded
    /// The cursor was not made here.
    case invalidCursor
    /// A name that means too many accounts to look for what was done to and by them; how many.
    case nameTooCommon(Int)
    /// As many files are being made as this process makes at a time.
    case tooManyExports

    /// What an error of the auth service means here.
    init(_ error: CallerVerificationError) {
        switch error {
        case .unavailable(let span): self = .authUnavailable(retryAfter: span)
        case .malformedAnswer: self = .authUnavailable(retryAfter: .seconds(5))
        case .notSignedIn: self = .notSignedIn
        case .refused(let refusal): self = .auth(refusal)
        }
    }
}

/// Asks the auth service, in terms of this service's own errors.
func asking<Value: Sendable>(
    _ body: () async throws(CallerVerificationError) -> Value
) async throws(HelpdeskError) -> Value {
    do {
        return try await body()
    } catch {
        throw HelpdeskError(error)
    }
}
