import Audit
import Model
import SQL
import StrictJSON

/// Records what became of one account: result, history, messages, in one transaction (CR-01, AU-02).
///
/// The result that closes the last intent of an operation also closes the operation and keeps the answer for every
/// repetition of the request; so it makes no difference who records it, the request itself or a settlement after a crash.
struct RecordResult: Sendable {
    let collaborators: Collaborators

    func run(_ result: Intent, of operation: Operation, settled: Bool = false) async throws {
        guard !result.state.isOpen else {
            try await letGo(of: operation)
            return
        }
        let isFirst = try await collaborators.database.write { transaction in
            guard try IntentStore.settle(result, of: operation.id, transaction) else { return false }
            try message(result, operation, transaction)
            try LinkEffects(collaborators: collaborators).apply(result, of: operation, transaction)
            try collaborators.audit.append(event(result, operation, settled: settled), in: transaction)
            try closeIfSettled(operation.id, transaction)
            return true
        }
        guard isFirst else { return }
        if result.state == .done { await RefreshAccount(collaborators: collaborators).run(result.account) }
        collaborators.wakeOutbox()
        collaborators.numbers.acts.add(1, operation.action.rawValue, result.state.rawValue)
        if result.state == .unknown {
            collaborators.numbers.unknown.add()
            collaborators.log.error(
                "operation.unknown", ["operation": .init(operation.id), "account": .init(result.account)])
        }
    }

    /// Closes an operation whose intents are all settled; nothing happens to any other.
    func closeIfSettled(_ id: OperationID, _ transaction: Transaction) throws {
        let intents = try IntentStore.all(of: id, transaction)
        guard let operation = try OperationStore.find(id, transaction), operation.finishedAt == nil,
            !intents.contains(where: { $0.state.isOpen })
        else { return }
        if intents.contains(where: { $0.state == .done }) {
            try collaborators.outbox.release(group: id.text, in: transaction)
        } else {
            try collaborators.outbox.discard(group: id.text, in: transaction)
        }
        try OperationStore.finish(
            id, keepingPassword: operation.link == nil && intents.contains { $0.state == .failed },
            at: collaborators.clock.now(), transaction)
        let view = OperationView(outbox: collaborators.outbox)
        guard let body = try view.json(of: id, transaction) else { return }
        let answer = StoredAnswer(status: 200, body: String(decoding: body.serialized(), as: UTF8.self))
        try IdempotencyStore.answer(operation, with: answer, transaction)
    }

    private func message(_ result: Intent, _ operation: Operation, _ transaction: Transaction) throws {
        let group = Operation.group(operation.id, result.account)
        switch result.state {
        case .done: try collaborators.outbox.release(group: group, in: transaction)
        case .failed, .refused, .unknown, .intended, .writing:
            try collaborators.outbox.discard(group: group, in: transaction)
        }
    }

    private func event(_ result: Intent, _ operation: Operation, settled: Bool) -> AuditEvent {
        let kind: AuditKind
        switch operation.action {
        case .resetPassword: kind = operation.method == .secureLink ? .secureLink : .reset
        case .unlockAccount: kind = .unlock
        }
        let isSent = operation.method == .secureLink && result.state == .done
        return AuditEvent(kind, result.state.auditOutcome, by: .of(operation), at: collaborators.clock.now())
            .about(result.account, action: operation.action.rawValue).because(isSent ? "sent" : result.reason)
            .with { event in
                event.operation = operation.id
                event.verification = operation.verification
                event.detail = detail(result, operation, settled: settled)
            }
    }

    private func detail(_ result: Intent, _ operation: Operation, settled: Bool) -> [JSONMember] {
        var detail: [JSONMember] = []
        // R13: a reset clears the lock, in every kind of store, and the history says so.
        if result.state == .done, result.wasLocked, operation.method != .secureLink {
            detail.append(JSONMember(name: "lockCleared", value: true))
        }
        if operation.action == .resetPassword {
            if let source = operation.passwordSource { detail.append(JSONMember(name: "password", value: source)) }
            detail.append(JSONMember(name: "sentTo", value: .integer(Int64(operation.contacts.count))))
            if let link = operation.link { detail.append(JSONMember(name: "link", value: .string(link.text))) }
        }
        if settled { detail.append(JSONMember(name: "settled", value: true)) }
        return detail
    }

    /// Nobody can tell yet: the lease ends now, and whoever settles next reads again.
    private func letGo(of operation: Operation) async throws {
        let now = collaborators.clock.now()
        try await collaborators.database.write { transaction in
            try OperationStore.letGo(operation.id, owner: operation.lease.owner, at: now, transaction)
        }
    }
}

extension Operation {
    /// Where the new password came from; `nil` where none was set.
    fileprivate var passwordSource: JSON? {
        if link != nil { return "owner" }
        if method == .secureLink { return nil }
        return isGenerated ? "generated" : "typed"
    }
}

extension Intent.State {
    fileprivate var auditOutcome: AuditOutcome {
        switch self {
        case .done: .success
        case .failed, .refused: .failure
        case .unknown, .intended, .writing: .unknown
        }
    }
}
