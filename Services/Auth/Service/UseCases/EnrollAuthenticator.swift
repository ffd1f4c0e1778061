import Crypto
import Model
import Platform
import QRCode
import SQL

/// Enrolls an authenticator app: the secret is shown once, and counts after a right code (TP-04).
struct EnrollAuthenticator: Sendable {
    let collaborators: Collaborators
    /// Shown by the app beside the account.
    let issuer: String

    struct Offer: Sendable {
        let secret: String
        let uri: String
        let svg: String
    }

    func start(_ session: Session, origin: Origin) async throws -> Offer {
        let live = try await Enrolling.begin(session, .authenticator, collaborators)
        let secret = Secret(collaborators.random.bytes(SecurityLimits.totpSecretBytes))
        let account = session.account
        let sealed = try collaborators.keyring.seal(
            secret, context: Enrollment.context(account, .authenticator))
        let expires = collaborators.clock.now() + .seconds(900)
        try await collaborators.database.write { transaction in
            try PendingEnrollmentStore.save(
                PendingEnrollment(
                    account: account, type: .authenticator, contact: nil, sealed: sealed, expiresAt: expires),
                transaction)
        }
        let uri = TOTP.uri(secret: secret, issuer: issuer, account: live.account.login)
        return Offer(secret: secret.withBytes { Base32.encode($0) }, uri: uri, svg: try QRSymbol.svg(uri))
    }

    /// Makes the authenticator count when the code is right; the code's step is taken with it (TP-02). Too many wrong
    /// codes end the attempt: the next one starts with another secret.
    func confirm(_ session: Session, code: Secret, origin: Origin) async throws {
        let live = try await Enrolling.begin(session, .authenticator, collaborators)
        let now = collaborators.clock.now()
        let account = session.account
        let most = collaborators.limits[SecurityLimits.failuresPerFactor]
        let left = Lock<Int?>(nil)
        let counts = try await Enrolling(collaborators: collaborators, session: session, live: live, origin: origin)
            .finish { [collaborators] transaction in
                guard let pending = try PendingEnrollmentStore.find(account, .authenticator, transaction),
                    now < pending.expiresAt
                else { return nil }
                let secret = try collaborators.keyring.open(
                    pending.sealed, context: Enrollment.context(account, .authenticator))
                if let step = AuthenticatorFactor.matchingStep(code, secret: secret, at: now, after: nil) {
                    return Enrolling.Confirmed(type: .authenticator, sealed: pending.sealed, lastStep: step)
                }
                let tries = try PendingEnrollmentStore.countWrong(account, .authenticator, transaction)
                if tries >= most { try PendingEnrollmentStore.remove(account, .authenticator, transaction) }
                left.withLock { $0 = max(most - tries, 0) }
                return nil
            }
        guard !counts else { return }
        guard let left = left.withLock({ $0 }) else { throw AuthError.nothingToConfirm }
        throw AuthError.confirmationWrong(attemptsLeft: left)
    }
}
