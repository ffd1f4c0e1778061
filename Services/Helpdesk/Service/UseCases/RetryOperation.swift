import AuthClient
import Model
import SQL

/// Tries the failed accounts of an operation again (R7): the same operation, session and role and target looked at
/// anew, no second proof.
struct RetryOperation: Sendable {
    let collaborators: Collaborators

    func run(
        _ id: OperationID, as identity: IdempotentRequest, by desk: DeskOperator
    ) async throws -> ActAnswer {
        switch try await collaborators.database.read({ try IdempotencyStore.standing(of: identity, $0) }) {
        case .new, .givenBack: break
        case .answered(let answer): return try answer.again()
        case .inProgress: throw HelpdeskError.operationInProgress
        case .reused: throw HelpdeskError.idempotencyKeyReused
        }
        let (operation, failed) = try await find(id, of: desk.person)
        let request = try request(for: operation, failed)
        do {
            let act = try await PlanAct(collaborators: collaborators)
                .plan(retryOf: operation, request, as: identity, by: desk)
            return try await CarryOutAct(collaborators: collaborators).run(act)
        } catch HelpdeskError.refused(let refusal, let account) {
            try await RecordRefusal(collaborators: collaborators).run(
                refusal, of: operation.action.rawValue, on: account ?? operation.subject, by: desk.person)
            throw HelpdeskError.refused(refusal, account)
        }
    }

    /// The operation, of this operator in this session, that has accounts to try again.
    private func find(
        _ id: OperationID, of person: SignedIn
    ) async throws -> (operation: Operation, failed: [AccountID]) {
        let found = try await collaborators.database.read { connection in
            try OperationStore.find(id, connection).map { ($0, try IntentStore.all(of: id, connection)) }
        }
        guard let (operation, intents) = found, operation.link == nil, operation.operatorAccount == person.account,
            operation.session == person.session
        else { throw HelpdeskError.operationNotFound }
        guard operation.finishedAt != nil else { throw HelpdeskError.operationInProgress }
        let failed = intents.filter { $0.state == .failed }.map(\.account)
        guard !failed.isEmpty else { throw HelpdeskError.nothingToRetry }
        guard collaborators.clock.now() < operation.createdAt + SecurityLimits.retryWindow else {
            throw HelpdeskError.retryTooLate
        }
        return (operation, failed)
    }

    private func request(for operation: Operation, _ failed: [AccountID]) throws -> ActRequest {
        var delivery: PasswordDelivery?
        let contacts = operation.contacts.map { ContactChoice(id: $0, channel: nil) }
        if operation.method == .secureLink {
            delivery = PasswordDelivery(password: .byOwner, contacts: contacts)
        } else if operation.action == .resetPassword {
            guard let sealed = operation.sealedPassword else { throw HelpdeskError.retryTooLate }
            let secret = try collaborators.keyring.open(sealed, context: Operation.context(operation.id))
            delivery = PasswordDelivery(
                password: .kept(secret, wasGenerated: operation.isGenerated),
                contacts: contacts)
        }
        return ActRequest(
            action: operation.action, user: operation.subject, accounts: failed,
            verification: operation.verification, reason: operation.reason, delivery: delivery)
    }
}

/// Reads an operation for the operator it belongs to, so that a front end can look again.
struct ReadOperation: Sendable {
    let collaborators: Collaborators

    func run(_ id: OperationID, for person: SignedIn) async throws -> ActAnswer {
        let body = try await collaborators.database.read { [collaborators] connection in
            guard let operation = try OperationStore.find(id, connection),
                operation.operatorAccount == person.account
            else { throw HelpdeskError.operationNotFound }
            return try OperationView(outbox: collaborators.outbox).json(of: id, connection)
        }
        guard let body else { throw HelpdeskError.operationNotFound }
        return ActAnswer(status: 200, body: body)
    }
}
