import Model
import SQL

/// A type whose values are compared within one short transaction: nothing in it waits.
///
/// Security questions are no `Factor`: an answer is compared by Argon2id, far too long for a transaction, and there
/// are several of them. `AnswerQuestion` has their flow.
protocol Factor: Sendable {
    /// The type it verifies.
    var type: AuthenticationType { get }
    /// Compares a value, and spends what was right so that it is right only once.
    func check(_ value: Secret, _ attempt: FactorAttempt, _ connection: any Connection) throws -> FactorOutcome
}

/// What a comparison may look at.
struct FactorAttempt: Sendable {
    let verification: Verification
    let enrollment: Enrollment
    let now: Timestamp
}

/// How a comparison ended.
enum FactorOutcome: Sendable, Equatable {
    case right
    /// Wrong; `triesLeft` where the value itself has a number of tries.
    case wrong(triesLeft: Int?)
    /// There is nothing it could have matched: no code was sent, or it is used up. Counts as no failure, because no
    /// value could have been right.
    case nothingToMatch
}
