import Audit
import AuthAPI
import AuthClient
import Model
import Policy
import SQL
import StrictJSON

/// The one executor of resets and unlocks (VS-10): intent, authority, target again, directory, result.
struct CarryOutAct: Sendable {
    let collaborators: Collaborators

    func run(_ act: PlannedAct) async throws -> ActAnswer {
        try await recordIntent(act)
        do {
            try await carryOut(act)
        } catch let error as DatabaseError {
            collaborators.stranded.add(act.operation.id)
            throw error
        }
        return try await answer(act)
    }

    private func carryOut(_ act: PlannedAct) async throws {
        try collaborators.crashPoints.reach(.intentRecorded)

        try await consumeAuthority(act)
        try collaborators.crashPoints.reach(.authorityRecorded)

        for target in act.targets {
            let write = AccountWrite(target, of: act, collaborators)
            let result = try await WriteAccount(collaborators: collaborators).run(write)
            try collaborators.crashPoints.reach(.directoryWritten)

            try await RecordResult(collaborators: collaborators).run(result, of: act.operation)
            try collaborators.crashPoints.reach(.resultRecorded)
        }
    }

    // MARK: 1. Intent

    /// One transaction: the key is taken, and everything a restart would need is on disk, the messages held.
    private func recordIntent(_ act: PlannedAct) async throws {
        let now = collaborators.clock.now()
        try await collaborators.database.write { [collaborators] transaction in
            let operation = act.operation
            guard try IdempotencyStore.take(act.request, for: operation.id, at: now, transaction) else {
                throw HelpdeskError.operationInProgress
            }
            try checkCap(act, at: now, transaction)
            guard
                act.isRetry
                    ? try OperationStore.reopen(operation.id, for: act.request.key, operation.lease, transaction)
                    : try OperationStore.open(operation, transaction)
            else { throw HelpdeskError.operationInProgress }
            try IntentStore.insert(act.targets.map(\.intent), of: operation.id, transaction)
            if let link = act.link, let target = act.targets.first {
                try SecureLinkStore.insert(
                    link.record(for: target, of: operation.id, at: now), link.tokens(collaborators.keyring, at: now),
                    transaction)
            }
            try ActMessages(collaborators: collaborators).enqueue(act, in: transaction)
            let event = AuditEvent(.operation, by: .desk(act.desk.person), at: now)
                .about(operation.subject, action: operation.action.rawValue)
                .because(act.isRetry ? "retried" : "opened")
                .with { $0.operation = operation.id }
            try collaborators.audit.append(event, in: transaction)
        }
    }

    /// OP-06: linked accounts in one act, and another try of it, count once.
    private func checkCap(_ act: PlannedAct, at now: Timestamp, _ transaction: Transaction) throws {
        let cap = collaborators.limits[SecurityLimits.resetsPerHour]
        guard act.operation.action == .resetPassword, !act.isRetry, cap > 0 else { return }
        let count = try OperationStore.countResets(
            by: act.desk.person.account, since: now - .seconds(3_600), except: act.operation.id, transaction)
        guard count < cap else { throw HelpdeskError.refused(.resetCapReached, act.operation.subject) }
        if count + 1 == 20 {
            collaborators.log.warning("operator.many_resets", ["operator": .init(act.desk.person.account)])
        }
    }

    // MARK: 2. Authority

    private func consumeAuthority(_ act: PlannedAct) async throws {
        switch act.grant {
        case .proof(let verification):
            do {
                try await redeem(verification, act)
            } catch let error as HelpdeskError {
                try await GiveUpAct(collaborators: collaborators).run(act, error)
                throw error
            }
            try await authorize(act, by: .proved)
        case .skip: try await authorize(act, by: .skipped)
        case .standing: try await authorize(act, by: act.operation.authority)
        }
    }

    /// The proof is spent on this operation, and believed only once its signature and every binding have been checked.
    private func redeem(_ verification: VerificationID, _ act: PlannedAct) async throws {
        let redeemed = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.redeem(verification, for: act.operation.id, act.desk.person.credentials)
        }
        try collaborators.crashPoints.reach(.proofRedeemed)
        let expected = ProofExpectation(
            accounts: Set(act.targets.map(\.id)), action: act.operation.action,
            operatorAccount: act.desk.person.account, session: act.desk.person.session,
            operation: act.operation.id, verification: verification)
        do throws(ProofError) {
            try await collaborators.proofs.verify(redeemed.proof, against: expected)
        } catch .unavailable(let error) {
            throw HelpdeskError(error)
        } catch {
            collaborators.log.error(
                "proof.refused", ["operation": .init(act.operation.id), "why": .init(String(describing: error))])
            throw HelpdeskError.proofRefused
        }
    }

    /// One transaction: what allows the act is on record before the directory is touched (AU-02, VS-11).
    private func authorize(_ act: PlannedAct, by authority: Operation.Authority) async throws {
        let now = collaborators.clock.now()
        try await collaborators.database.write { [collaborators] transaction in
            guard
                try OperationStore.authorize(
                    act.operation.id, by: authority, owner: collaborators.node, transaction)
            else { throw HelpdeskError.operationInProgress }
            // A link writes nothing: whatever happens to it before it is sent, it can be told that it was not.
            if act.link == nil { try IntentStore.startWriting(act.operation.id, transaction) }
            guard act.tellsOfSkipping else { return }
            let event = AuditEvent(.verificationSkipped, by: .desk(act.desk.person), at: now)
                .about(act.operation.subject, action: act.operation.action.rawValue)
                .with { event in
                    event.operation = act.operation.id
                    event.verification = act.operation.verification
                    event.detail = act.operation.reason.map { [JSONMember(name: "reason", value: .string($0))] } ?? []
                }
            try collaborators.audit.append(event, in: transaction)
        }
    }

    // MARK: Answer

    private func answer(_ act: PlannedAct) async throws -> ActAnswer {
        let body = try await collaborators.database.read { [collaborators] connection in
            try OperationView(outbox: collaborators.outbox).json(of: act.operation.id, connection)
        }
        collaborators.wakeOutbox()
        guard let body else { throw HelpdeskError.operationNotFound }
        guard let password = act.password, password.isShown, let text = password.secret.copyText(),
            case .object(let members) = body
        else { return ActAnswer(status: 200, body: body) }
        // Shown this once; what is kept for repetitions never had it (PW-03, R11).
        return ActAnswer(status: 200, body: .object(members + [JSONMember(name: "password", value: .string(text))]))
    }
}

extension TargetFacts {
    /// What is meant to be done to the account, with what has to be known of it to settle after a crash.
    fileprivate var intent: Intent {
        Intent(
            account: id, state: .intended, credentialVersion: account.credentialVersion, wasLocked: account.isLocked)
    }
}
