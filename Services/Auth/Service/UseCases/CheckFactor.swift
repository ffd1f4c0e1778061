import Audit
import AuthAPI
import Messaging
import Model
import Policy
import SQL

/// Checks one value the caller has read out: an access code or an authenticator's code (V3, V4).
///
/// Everything happens in one transaction, durable before the answer: the value is compared, what was right is spent,
/// what was wrong is counted, the verification moves, the history has its row (CR-01, AC-03, TP-02).
struct CheckFactor: Sendable {
    let collaborators: Collaborators
    let factors: FactorRegistry

    func run(
        _ session: Session, _ id: VerificationID, _ type: AuthenticationType, value: Secret, origin: Origin
    ) async throws -> CheckResult {
        let now = collaborators.clock.now()
        return try await collaborators.database.write { [collaborators] transaction in
            // Takes the lock of the chain first, so that replicas count failures one after the other.
            try transaction.enlist(collaborators.audit)
            let verification = try OpenVerification(collaborators: collaborators)
                .find(id, of: session, at: now, transaction)
            let progress = VerificationProgress(
                collaborators: collaborators, verification: verification, origin: origin, now: now)
            return try check(progress, type, value, transaction)
        }
    }

    private func check(
        _ progress: VerificationProgress, _ type: AuthenticationType, _ value: Secret, _ transaction: Transaction
    ) throws -> CheckResult {
        let verification = progress.verification
        let now = progress.now
        guard let factor = factors[type], verification.requirement.eligible.contains(type),
            let enrollment = try EnrollmentStore.find(verification.subject, type, transaction)
        else { throw AuthError.typeNotOffered }
        let verified = try VerifiedTypeStore.all(of: verification.id, transaction)
        guard !verified.contains(type) else { throw AuthError.alreadyVerified }
        let failures = try FailureStore.find(verification.subject, type, transaction)
        guard !failures.isLocked(at: now),
            try !FailureStore.hasTooMany(verification.subject, at: now, collaborators.limits, transaction)
        else {
            return CheckResult(ok: false, attemptsLeft: 0, status: verification.status)
        }
        let attempt = FactorAttempt(verification: verification, enrollment: enrollment, now: now)
        let outcome = try factor.check(value, attempt, transaction)
        switch outcome {
        case .right:
            let status = try progress.succeed(type, transaction)
            return CheckResult(
                ok: true, attemptsLeft: collaborators.limits[SecurityLimits.failuresPerFactor], status: status)
        case .wrong(let triesLeft):
            let (status, left) = try progress.fail(type, transaction)
            return CheckResult(ok: false, attemptsLeft: min(left, triesLeft ?? left), status: status)
        case .nothingToMatch:
            return CheckResult(ok: false, attemptsLeft: 0, status: verification.status)
        }
    }
}
