import Audit
import AuthAPI
import Crypto
import Model
import Policy
import SQL

/// Spends a satisfied verification on one operation and hands out the signed proof (V5, VS-09).
///
/// Everything is checked again under the policy, enrollments and locks of this moment; the stricter of then and now wins
/// (VS-06). The same operation gets the same proof again, so that a lost answer can be asked for; another gets nothing.
struct RedeemProof: Sendable {
    let collaborators: Collaborators

    func run(
        _ session: Session, _ id: VerificationID, operation: OperationID, origin: Origin
    ) async throws -> RedeemedProof {
        do {
            return try await redeem(session, id, operation, origin)
        } catch AuthError.refused(let refusal) {
            try await recordRefusal(refusal.rawValue, session, id, operation, origin)
            if refusal == .secondPersonNeeded { try await ask(session, id, origin) }
            throw AuthError.refused(refusal)
        } catch AuthError.requirementChanged {
            try await recordRefusal("requirementChanged", session, id, operation, origin)
            throw AuthError.requirementChanged
        }
    }

    private func redeem(
        _ session: Session, _ id: VerificationID, _ operation: OperationID, _ origin: Origin
    ) async throws -> RedeemedProof {
        let now = collaborators.clock.now()
        let found = try await collaborators.database.read { [collaborators] connection in
            try OpenVerification(collaborators: collaborators)
                .find(anyStatus: id, of: session, at: now, connection)
        }
        let facts = try await VerificationFacts.load(session, accounts: found.accounts, collaborators)
        return try await collaborators.database.write { transaction in
            let verification = try OpenVerification(collaborators: collaborators)
                .find(anyStatus: id, of: session, at: now, transaction)
            if verification.status == .consumed {
                guard verification.operation == operation, let proof = try unsealed(verification) else {
                    throw AuthError.proofAlreadyRedeemed
                }
                return RedeemedProof(proof: proof)
            }
            guard verification.status.isOpen else { throw AuthError.verificationNotOpen }
            return try redeem(verification, operation, facts, origin, transaction)
        }
    }

    private func redeem(
        _ verification: Verification, _ operation: OperationID, _ facts: VerificationFacts, _ origin: Origin,
        _ transaction: Transaction
    ) throws -> RedeemedProof {
        let now = collaborators.clock.now()
        guard verification.status == .satisfied else { throw AuthError.verificationNotSatisfied }
        let verified = try VerifiedTypeStore.all(of: verification.id, transaction)
        let current = try facts.requirement(action: verification.action, at: now, collaborators, transaction)
        guard verification.requirement.isSatisfied(by: verified), current.isSatisfied(by: verified),
            verified.isSubset(of: current.eligible), facts.subject.account.id == verification.subject,
            try isAsEnrolled(verification, transaction), try hasEnoughAnswers(verification, current, transaction)
        else { throw AuthError.requirementChanged }
        let secondPerson = AskSecondPerson(collaborators: collaborators, origin: origin)
        if try secondPerson.reason(for: verification.action, facts, transaction) != nil {
            try secondPerson.spend(verification, on: operation, transaction)
        }
        let claims = ProofClaims(
            accounts: Set(verification.accounts), action: verification.action,
            operatorAccount: verification.operatorAccount, session: verification.session, operation: operation,
            verification: verification.id, types: verified, policyVersion: facts.actor.policyVersion)
        let proof = try collaborators.tokens.proof(
            claims, subject: verification.subject, at: now, id: Base64URL.encode(collaborators.random.bytes(16)))
        guard
            try VerificationStore.consume(
                verification.id, for: operation, proof: sealed(proof, verification.id), at: now, transaction)
        else { throw AuthError.proofAlreadyRedeemed }
        let events = VerificationEvents(verification: verification, origin: origin, now: now)
        _ = try collaborators.audit.append(events.redeemed(operation), in: transaction)
        return RedeemedProof(proof: proof)
    }

    /// A second person who became necessary after the verification began, or whose time has run out, is asked now.
    private func ask(_ session: Session, _ id: VerificationID, _ origin: Origin) async throws {
        let found = try await collaborators.database.read { try VerificationStore.find(id, $0) }
        guard let found else { return }
        let facts = try await VerificationFacts.load(session, accounts: found.accounts, collaborators)
        let secondPerson = AskSecondPerson(collaborators: collaborators, origin: origin)
        try await collaborators.database.write { [collaborators] transaction in
            try transaction.enlist(collaborators.audit)
            guard let reason = try secondPerson.reason(for: found.action, facts, transaction) else { return }
            try secondPerson.ask(because: reason, for: found, session, transaction)
        }
    }

    /// Whether every type is enrolled as it was when it was verified: one replaced since proves nothing (VS-06).
    private func isAsEnrolled(_ verification: Verification, _ transaction: Transaction) throws -> Bool {
        try VerifiedTypeStore.times(of: verification.id, transaction).allSatisfy { type, verifiedAt in
            guard let enrollment = try EnrollmentStore.find(verification.subject, type, transaction) else {
                return false
            }
            return (enrollment.changedAt ?? enrollment.enrolledAt) <= verifiedAt
        }
    }

    /// Whether as many answers are right as the policy of this moment asks for.
    private func hasEnoughAnswers(
        _ verification: Verification, _ current: VerificationRequirement, _ transaction: Transaction
    ) throws -> Bool {
        guard try VerifiedTypeStore.all(of: verification.id, transaction).contains(.securityQuestions) else {
            return true
        }
        let right = try VerificationQuestionStore.all(of: verification.id, transaction).count { $0.isRight == true }
        return right >= current.questions.right
    }

    private func sealed(_ proof: String, _ id: VerificationID) throws -> [UInt8] {
        try collaborators.keyring.seal(Secret(proof), context: Verification.proofContext(id))
    }

    private func unsealed(_ verification: Verification) throws -> String? {
        try verification.proof.flatMap {
            try collaborators.keyring.open($0, context: Verification.proofContext(verification.id)).copyText()
        }
    }

    private func recordRefusal(
        _ reason: String, _ session: Session, _ id: VerificationID, _ operation: OperationID, _ origin: Origin
    ) async throws {
        let now = collaborators.clock.now()
        try await collaborators.database.write { [collaborators] transaction in
            let verification = try VerificationStore.find(id, transaction)
            let event = AuditEvent(.refusal, .failure, by: .desk(session, origin), at: now)
                .about(verification?.subject, action: verification?.action.rawValue).because(reason)
                .with {
                    $0.verification = id
                    $0.operation = operation
                }
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
