import Crypto
import Model
import SQL

/// Codes sent by SMS and mail (V3).
///
/// Order matters: the try is reserved before anything is compared (AC-03), and a right code is spent by the same
/// transaction, so that of any number of parallel posts one succeeds.
struct AccessCodeFactor: Factor {
    let type: AuthenticationType
    let codes: AccessCodes

    func check(
        _ value: Secret, _ attempt: FactorAttempt, _ connection: any Connection
    ) throws -> FactorOutcome {
        let scope = StoredCode.scope(attempt.verification.id, type)
        switch try codes.check(value, scope: scope, contact: attempt.enrollment.contact, at: attempt.now, connection) {
        case .right: return .right
        case .wrong(let left): return .wrong(triesLeft: left)
        case .none: return .nothingToMatch
        }
    }
}
