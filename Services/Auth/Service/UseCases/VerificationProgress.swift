import Audit
import AuthAPI
import Messaging
import Model
import Policy
import SQL

/// What a right or a wrong value does to a verification and to the account's failures.
struct VerificationProgress: Sendable {
    let collaborators: Collaborators
    let verification: Verification
    let origin: Origin
    let now: Timestamp

    /// Notes a verified type, and moves the verification on.
    func succeed(_ type: AuthenticationType, _ transaction: Transaction) throws -> VerificationStatus {
        try VerifiedTypeStore.insert(type, in: verification.id, at: now, transaction)
        try FailureStore.clear(verification.subject, type, transaction)
        let verified = try VerifiedTypeStore.all(of: verification.id, transaction)
        let isEnough = verification.requirement.isSatisfied(by: verified)
        try append(events.checked(type, isRight: true), transaction)
        return try move(to: isEnough ? .satisfied : .challenged, transaction)
    }

    /// Counts a failure, locks the factor where it was one too many, and ends the verification where what is left can
    /// no longer be enough.
    ///
    /// - Returns: where the verification stands, and how many failures the factor still has.
    func fail(
        _ type: AuthenticationType, _ transaction: Transaction
    ) throws -> (status: VerificationStatus, left: Int) {
        let before = try FailureStore.find(verification.subject, type, transaction)
        try FailureStore.save(
            FactorFailures(inARow: before.inARow + 1, lockedUntil: before.lockedUntil), verification.subject, type,
            transaction)
        try FailureStore.add(collaborators.random.identifier(), verification.subject, at: now, transaction)
        try append(events.checked(type, isRight: false), transaction)
        return try settleFailure(type, exhausted: [], transaction)
    }

    /// The second half of a failure that is counted already.
    func settleFailure(
        _ type: AuthenticationType, exhausted: Set<AuthenticationType>, _ transaction: Transaction
    ) throws -> (status: VerificationStatus, left: Int) {
        let most = collaborators.limits[SecurityLimits.failuresPerFactor]
        let failures = try FailureStore.find(verification.subject, type, transaction)
        let left = max(most - failures.inARow, 0)
        if left == 0 { try lock(type, transaction) }
        return (try move(to: statusAfterFailure(exhausted, transaction), transaction), left)
    }

    private func lock(_ type: AuthenticationType, _ transaction: Transaction) throws {
        let span = collaborators.limits.seconds(SecurityLimits.factorLockSeconds)
        try FailureStore.save(
            FactorFailures(inARow: 0, lockedUntil: now + span), verification.subject, type, transaction)
        try append(events.locked(type), transaction)
        try OwnerNotice(collaborators: collaborators, language: verification.language).enqueue(
            .factorLocked, to: verification.subject, login: nil,
            fields: ["factor": type.rawValue, "minutes": String(span.wholeSeconds / 60)], transaction)
    }

    private func statusAfterFailure(
        _ exhausted: Set<AuthenticationType>, _ transaction: Transaction
    ) throws -> VerificationStatus {
        // Whoever has failed that often guesses: nothing more is compared, here or in the next verification.
        if try FailureStore.hasTooMany(verification.subject, at: now, collaborators.limits, transaction) {
            return .failed
        }
        if verification.status == .satisfied { return .satisfied }
        let verified = try VerifiedTypeStore.all(of: verification.id, transaction)
        let locked = try FailureStore.locked(verification.subject, at: now, transaction)
        let possible = verification.requirement.eligible.subtracting(locked).subtracting(exhausted).union(verified)
        let isHopeless = !verification.requirement.isOptional && !verification.requirement.isSatisfied(by: possible)
        return isHopeless ? .failed : .challenged
    }

    private func move(to status: VerificationStatus, _ transaction: Transaction) throws -> VerificationStatus {
        guard
            try VerificationStore.move(
                verification.id, from: verification.status, to: status, at: now, transaction)
        else { throw AuthError.verificationNotOpen }
        return status
    }

    var events: VerificationEvents {
        VerificationEvents(verification: verification, origin: origin, now: now)
    }

    func append(_ event: AuditEvent, _ transaction: Transaction) throws {
        _ = try collaborators.audit.append(event, in: transaction)
    }
}
