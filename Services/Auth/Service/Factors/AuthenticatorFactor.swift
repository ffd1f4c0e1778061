import Crypto
import Model
import SQL

/// Codes of a TOTP authenticator (RFC 6238): this step and the one before, each step once (V4, TP-02).
struct AuthenticatorFactor: Factor {
    let keyring: Keyring

    var type: AuthenticationType { .authenticator }

    func check(
        _ value: Secret, _ attempt: FactorAttempt, _ connection: any Connection
    ) throws -> FactorOutcome {
        guard let sealed = attempt.enrollment.sealed else { return .nothingToMatch }
        let account = attempt.enrollment.account
        let secret = try keyring.open(sealed, context: Enrollment.context(account, .authenticator))
        let step = Self.matchingStep(value, secret: secret, at: attempt.now, after: attempt.enrollment.lastStep)
        guard let step else { return .wrong(triesLeft: nil) }
        // A step that was taken before, or an older one, is as wrong as any other value.
        return try EnrollmentStore.takeStep(step, of: account, connection) ? .right : .wrong(triesLeft: nil)
    }

    /// The step this is the value of, if it is one of the window's and later than the last one taken.
    static func matchingStep(_ value: Secret, secret: Secret, at now: Timestamp, after last: Int64?) -> Int64? {
        value.copyText().flatMap { TOTP.matchingStep($0, secret: secret, at: now, after: last) }
    }
}
