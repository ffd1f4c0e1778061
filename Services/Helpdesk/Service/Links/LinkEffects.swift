import Audit
import Model
import SQL
import StrictJSON

/// What the end of an act means for links, in the transaction that records the end: the link it sent, the link it used,
/// the links it overtook (SL-03).
struct LinkEffects: Sendable {
    let collaborators: Collaborators

    func apply(_ result: Intent, of operation: Operation, _ transaction: Transaction) throws {
        if let used = operation.link {
            try settleUse(of: used, result, operation, transaction)
        } else if operation.method == .secureLink {
            try settleSending(result, operation, transaction)
        } else if operation.action == .resetPassword, result.state == .done || result.state == .unknown {
            try void(result.account, "reset", operation, transaction)
        }
    }

    private func settleSending(
        _ result: Intent, _ operation: Operation, _ transaction: Transaction
    ) throws {
        let links = try SecureLinkStore.all(of: operation.id, transaction).filter { $0.state == .held }
        for link in links {
            guard result.state == .done else {
                _ = try SecureLinkStore.move(link.id, from: .held, to: .discarded, transaction)
                try collaborators.outbox.discard(group: SecureLink.group(link.id), in: transaction)
                continue
            }
            try void(link.account, "newLink", operation, transaction)
            _ = try SecureLinkStore.move(link.id, from: .held, to: .live, transaction)
        }
    }

    /// A password that was not set, for certain, leaves the link good for another try, unless something came after it.
    private func settleUse(
        of id: SecureLinkID, _ result: Intent, _ operation: Operation, _ transaction: Transaction
    ) throws {
        guard let link = try SecureLinkStore.find(id, transaction), link.state == .used else { return }
        let group = SecureLink.group(id)
        switch result.state {
        case .done:
            try collaborators.outbox.release(group: group, in: transaction)
            try void(link.account, "reset", operation, transaction)
            try append("used", link, by: .owner(operation), transaction)
        case .failed, .refused:
            if try SecureLinkStore.live(of: link.account, transaction).isEmpty,
                try SecureLinkStore.move(id, from: .used, to: .live, transaction)
            {
                return
            }
            try collaborators.outbox.discard(group: group, in: transaction)
        case .unknown, .intended, .writing:
            try collaborators.outbox.discard(group: group, in: transaction)
        }
    }

    private func void(
        _ account: AccountID, _ why: String, _ operation: Operation, _ transaction: Transaction
    ) throws {
        for link in try SecureLinkStore.live(of: account, transaction) {
            try end(link, .voided, why, by: .of(operation), transaction)
        }
    }

    /// Ends a live link; answers whether it was live still.
    @discardableResult
    func end(
        _ link: SecureLink, _ state: SecureLink.State, _ why: String?, by actor: Actor, _ transaction: Transaction
    ) throws -> Bool {
        guard try SecureLinkStore.move(link.id, from: .live, to: state, transaction) else { return false }
        try collaborators.outbox.discard(group: SecureLink.group(link.id), in: transaction)
        try append(state.rawValue, link, by: actor, why: why, transaction)
        return true
    }

    /// A row of the history about a link.
    func append(
        _ reason: String, _ link: SecureLink, by actor: Actor, why: String? = nil,
        _ transaction: Transaction
    ) throws {
        let event = AuditEvent(.secureLink, by: actor, at: collaborators.clock.now())
            .about(link.account, action: HelpdeskAction.resetPassword.rawValue).because(reason)
            .with { event in
                event.operation = link.operation
                event.detail = [JSONMember(name: "link", value: .string(link.id.text))]
                if let why { event.detail.append(JSONMember(name: "why", value: .string(why))) }
            }
        try collaborators.audit.append(event, in: transaction)
    }
}
