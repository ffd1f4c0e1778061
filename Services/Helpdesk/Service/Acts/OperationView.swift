import Messaging
import Model
import SQL
import StrictJSON

/// An operation as its operator sees it; never with the password.
struct OperationView: Sendable {
    let outbox: Outbox

    /// `nil` when there is none.
    func json(of id: OperationID, _ connection: any Connection) throws -> JSON? {
        guard let operation = try OperationStore.find(id, connection) else { return nil }
        let intents = try IntentStore.all(of: id, connection)
        var deliveries: [JSON] = []
        for intent in intents {
            let statuses = try outbox.status(group: Operation.group(id, intent.account), connection)
            deliveries += shown(statuses).map { delivery($0, intent.account) }
        }
        let links = try SecureLinkStore.all(of: id, connection).filter { $0.state != .discarded }
        deliveries += shown(try outbox.status(group: id.text, connection)).map { delivery($0, nil) }
        return .object([
            "operation": .string(id.text), "action": .string(operation.action.rawValue),
            "user": .string(operation.subject.text), "verification": operation.authority.json,
            "finished": .bool(!intents.contains { $0.state.isOpen }),
            "results": .array(intents.map(result)), "delivery": .array(deliveries),
            "links": links.isEmpty ? nil : .array(links.map(link)),
        ])
    }

    /// What was never meant to go out after all is of no interest.
    private func shown(_ statuses: [DeliveryStatus]) -> [DeliveryStatus] {
        statuses.filter { $0.state != .discarded }
    }

    private func result(_ intent: Intent) -> JSON {
        let open = intent.state.isOpen ? ActFailure.outcomeUnknown : nil
        return .object([
            "account": .string(intent.account.text), "outcome": .string(intent.state.outcome),
            "reason": (intent.reason ?? open?.rawValue).map(JSON.string),
            "message": (intent.message ?? open?.sentence).map(JSON.string),
        ])
    }

    private func link(_ link: SecureLink) -> JSON {
        .object([
            "id": .string(link.id.text), "account": .string(link.account.text), "state": .string(link.state.rawValue),
            "expires": .string(link.expiresAt.rfc3339), "opened": link.openedAt.map { .string($0.rfc3339) },
        ])
    }

    private func delivery(_ status: DeliveryStatus, _ account: AccountID?) -> JSON {
        .object([
            "account": account.map { .string($0.text) }, "kind": .string(status.kind.rawValue),
            "channel": .string(status.channel.rawValue), "address": .string(status.masked),
            "state": .string(status.state.rawValue), "attempts": .integer(Int64(status.attempts)),
            "lastError": status.lastError.map(JSON.string),
            "nextAttempt": status.nextAttempt.map { .string($0.rfc3339) },
        ])
    }
}

extension Operation.Authority {
    fileprivate var json: JSON { .string(rawValue) }
}

extension Intent.State {
    /// The outcome on the wire; what is still open is unknown to the outside.
    var outcome: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .refused: "refused"
        case .unknown, .intended, .writing: "unknown"
        }
    }
}
