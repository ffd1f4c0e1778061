import Audit
import Directory
import Model
import SQL

/// Settles what a crash left open, by reading the directory and never by writing (CR-04).
///
/// An intent that was not allowed yet cannot have been written: the authority is on disk before the directory is
/// touched. One that was allowed is looked up in its directory; where that does not tell, it is unknown, said so and
/// alarmed.
struct SettleOperations: Sendable {
    let collaborators: Collaborators

    /// Settles every abandoned operation; answers how many there were.
    ///
    /// - Parameter startingUp: no request is being served yet, so what this node's earlier life held is abandoned too.
    @discardableResult
    func run(startingUp: Bool = false) async throws -> Int {
        let now = collaborators.clock.now()
        let node = startingUp ? collaborators.node : nil
        let abandoned = try await collaborators.database.read { connection in
            try OperationStore.abandoned(at: now, node: node, connection) + stranded(connection)
        }
        for operation in abandoned where try await claim(operation) { try await settle(operation) }
        return abandoned.count
    }

    /// What this process itself left lying, lease or not.
    private func stranded(_ connection: any Connection) throws -> [Operation] {
        try collaborators.stranded.all.compactMap { id in
            let operation = try OperationStore.find(id, connection)
            if let operation, operation.finishedAt == nil { return operation }
            collaborators.stranded.remove(id)
            return nil
        }
    }

    private func claim(_ operation: Operation) async throws -> Bool {
        let lease = Operation.Lease(
            owner: collaborators.node, until: collaborators.clock.now() + PlanAct.lease)
        return try await collaborators.database.write { transaction in
            try OperationStore.claim(operation, lease, transaction)
        }
    }

    private func settle(_ operation: Operation) async throws {
        let intents = try await collaborators.database.read { try IntentStore.all(of: operation.id, $0) }
        let recorder = RecordResult(collaborators: collaborators)
        for intent in intents where intent.state.isOpen {
            let result: Intent
            if intent.state == .intended {
                result = intent.failed(.interrupted)
            } else if let store = collaborators.stores.store(of: intent.account) {
                result = await read(intent, of: operation, store)
            } else {
                result = intent.ended(
                    .unknown, reason: ActFailure.outcomeUnknown.rawValue, message: ActFailure.outcomeUnknown.sentence)
            }
            // One that cannot be read yet keeps the claim's lease: it is read again when that has ended.
            guard !result.state.isOpen else { continue }
            try await recorder.run(result, of: operation, settled: true)
            collaborators.log.info(
                "operation.settled",
                [
                    "operation": .init(operation.id), "account": .init(intent.account),
                    "outcome": .init(result.state.rawValue),
                ])
        }
        try await collaborators.database.write { transaction in
            try recorder.closeIfSettled(operation.id, transaction)
        }
    }

    /// What the directory says of a write whose end was not seen; still open when it does not answer.
    ///
    /// - Parameter failure: why it did not happen, if it did not.
    func read(
        _ intent: Intent, of operation: Operation, _ store: any IdentityStore,
        notApplied failure: ActFailure = .interrupted
    ) async -> Intent {
        let settlement: Settlement
        do throws(StoreError) {
            settlement = try await store.settlement(
                of: operation.id, account: intent.account, since: intent.credentialVersion,
                setting: password(of: operation))
        } catch {
            return intent
        }
        switch settlement {
        case .applied: return intent.ended(.done)
        case .notApplied: return intent.failed(failure)
        case .unknown:
            return intent.ended(
                .unknown, reason: ActFailure.outcomeUnknown.rawValue, message: ActFailure.outcomeUnknown.sentence)
        }
    }

    /// What the operation was to set; `nil` for an unlock, and once it was wiped.
    private func password(of operation: Operation) -> Secret? {
        guard let sealed = operation.sealedPassword else { return nil }
        return try? collaborators.keyring.open(sealed, context: Operation.context(operation.id))
    }
}
