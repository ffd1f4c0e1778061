import Configuration
import Model
import Policy

/// Why the auth service says no. It knows no HTTP status: `AuthProblems.swift` gives each its problem.
public enum AuthError: Error, Sendable, Equatable {
    /// Unknown store, unknown login, wrong password, locked, disabled: one answer for all (RL-03).
    case signInRejected
    /// Too many attempts; try again after this long.
    case tooManyAttempts(retryAfter: Duration)
    /// No token, a bad token, a token of another kind, or a session that has ended.
    case notSignedIn
    /// A rule says no.
    case refused(Refusal)
    /// The directory checks no passwords for us; a sentence for whoever wanted to sign in.
    case signInUnsupported(String)
    /// The directory cannot be asked right now.
    case storeUnavailable(StoreID)
    /// No such account, or no longer.
    case accountNotFound
    /// No such verification for this operator.
    case verificationNotFound
    /// The verification takes no more answers.
    case verificationNotOpen
    /// The account is not enrolled with this type, or it cannot be used here.
    case typeNotOffered
    /// The type has been verified here before.
    case alreadyVerified
    /// The question is not one of those asked.
    case questionNotAsked
    /// The question has been answered right.
    case questionAnswered
    /// Not enough has been verified.
    case verificationNotSatisfied
    /// The proof went to another operation.
    case proofAlreadyRedeemed
    /// Policy, enrollment or locks changed since, and what was verified is no longer enough.
    case requirementChanged
    /// A new code may be sent after this long.
    case codeTooSoon(retryAfter: Duration)
    /// The account's role does not enable this type.
    case typeNotEnabled
    /// Not a phone number in international form.
    case invalidNumber
    /// No SMS go to the number's country (RL-04).
    case countryNotAllowed
    /// Not a mail address.
    case invalidAddress
    /// There is nothing to confirm, or it took too long.
    case nothingToConfirm
    /// The code does not confirm the enrollment.
    case confirmationWrong(attemptsLeft: Int)
    /// The questions are not the right number of different questions of the pool.
    case questionsRefused(count: Int)
    /// An answer is not acceptable (SQ-05).
    case answerRefused(index: Int, AnswerProblem)
    /// The account is not enrolled with this type.
    case notEnrolled
    /// Another account's enrollment serves this one; one of its own would never be used.
    case accountLinked
    /// The accounts cannot be linked.
    case linkRefused(LinkObstacle)
    /// The account is not linked.
    case linkNotFound
    /// The session has to prove first who sits there.
    case stepUpRequired
    /// The password did not prove it.
    case stepUpRejected
    /// The same key came with another request (CR-03).
    case idempotencyKeyReused
    /// No such request for a second person.
    case approvalNotFound
    /// It was decided, or its time has run out.
    case approvalNotOpen
    /// What was sent is no role; every problem, with its path.
    case roleInvalid([ConfigurationProblem])
    /// No such role.
    case roleNotFound
    /// The role is not in the state the change was made for.
    case roleChanged
    /// The roles would not hold together.
    case roleRefused(RoleObstacle)
    /// Too much work waits; try again shortly.
    case busy
}

/// Why an answer cannot be enrolled (SQ-05).
public enum AnswerProblem: String, Sendable, Equatable {
    case tooShort
    case personal
    case wordOfQuestion
    case repeated
}
