import Messaging
import Model
import SQL

/// The messages of an act, all written with the intent and held: whatever happens to the process, what the owner hears
/// depends only on what became of the act (VS-10, R8).
///
/// Messages about one account share a group, and are released or discarded with its result. The notice that nobody
/// verified the caller belongs to the operation as a whole (VS-11).
struct ActMessages: Sendable {
    let collaborators: Collaborators

    func enqueue(_ act: PlannedAct, in transaction: Transaction) throws {
        for target in act.targets {
            try enqueuePassword(act, target, transaction)
            try enqueueNotices(act, target, transaction)
        }
        if act.tellsOfSkipping, let first = act.targets.first {
            let fields = ["login": first.account.login, "action": act.operation.action.rawValue]
            let notice = Words(
                kind: .verificationSkipped, fields: fields, group: act.operation.id.text,
                language: first.account.language)
            for contact in act.contacts.everywhere(of: first.account, collaborators.keyring) {
                try enqueueNotice(notice, to: contact, transaction)
            }
        }
    }

    /// What a message says, whoever it goes to.
    private struct Words {
        let kind: MessageKind
        let fields: [String: String]
        let group: String
        let language: String?
    }

    private func enqueuePassword(
        _ act: PlannedAct, _ target: TargetFacts, _ transaction: Transaction
    ) throws {
        guard let password = act.password, let text = password.secret.copyText() else { return }
        let fields = [
            "login": target.account.login, "store": target.store.name, "password": text,
            "mustChange": password.mustChange ? "true" : "false",
        ]
        let words = Words(
            kind: .newPassword, fields: fields, group: Operation.group(act.operation.id, target.id),
            language: target.account.language)
        for contact in password.contacts {
            do throws(OutboxError) {
                try enqueue(words, to: contact, transaction)
            } catch .badAddress {
                throw HelpdeskError.contactUnknown(contact.channel)
            }
        }
    }

    /// An owner without an address, or with one that cannot be written to, never blocks anything (R8).
    private func enqueueNotices(
        _ act: PlannedAct, _ target: TargetFacts, _ transaction: Transaction
    ) throws {
        let kind: MessageKind
        switch act.operation.action {
        case .resetPassword: kind = .passwordReset
        case .unlockAccount: kind = .accountUnlocked
        }
        let notice = Words(
            kind: kind, fields: ["login": target.account.login, "store": target.store.name],
            group: Operation.group(act.operation.id, target.id), language: target.account.language)
        for contact in act.contacts.everywhere(of: target.account, collaborators.keyring) {
            try enqueueNotice(notice, to: contact, transaction)
        }
    }

    private func enqueueNotice(_ notice: Words, to contact: Contact, _ transaction: Transaction) throws {
        do throws(OutboxError) {
            try enqueue(notice, to: contact, transaction)
        } catch .badAddress {
            collaborators.log.warning("notice.bad_address", ["contact": .init(contact.id)])
        } catch .template {
            collaborators.log.warning("notice.bad_field", ["contact": .init(contact.id)])
        }
    }

    private func enqueue(
        _ words: Words, to contact: Contact, _ transaction: Transaction
    ) throws(OutboxError) {
        var message = OutboxMessage(
            id: collaborators.random.identifier(), kind: words.kind, channel: contact.channel,
            address: contact.address, fields: words.fields)
        message.language = words.language
        message.group = words.group
        message.held = true
        try collaborators.outbox.enqueue(message, in: transaction)
    }
}
