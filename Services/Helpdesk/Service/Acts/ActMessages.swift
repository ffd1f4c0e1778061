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
            try enqueueLink(act, target, transaction)
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
        var expires: Timestamp?
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
            try enqueueSecret(words, to: contact, transaction)
        }
    }

    /// The link to the addresses chosen, and the notice of its use, which waits for that: nobody can be asked for the
    /// owner's addresses then.
    private func enqueueLink(_ act: PlannedAct, _ target: TargetFacts, _ transaction: Transaction) throws {
        guard let link = act.link, let publicURL = collaborators.publicURL else { return }
        let now = collaborators.clock.now()
        let fields = ["login": target.account.login, "store": target.store.name]
        for way in link.ways {
            let own = [
                "link": link.address(of: way, at: publicURL), "minutes": String(way.lifetime.wholeSeconds / 60),
            ]
            let words = Words(
                kind: .secureLink, fields: fields.merging(own) { first, _ in first },
                group: Operation.group(act.operation.id, target.id), language: target.account.language,
                expires: now + way.lifetime)
            try enqueueSecret(words, to: way.contact, transaction)
        }
        let used = Words(
            kind: .passwordSetByLink, fields: fields, group: SecureLink.group(link.id),
            language: target.account.language)
        for contact in act.contacts.everywhere(of: target.account, collaborators.keyring) {
            try enqueueNotice(used, to: contact, transaction)
        }
    }

    /// What the owner has to get: an address that cannot be written to is no choice.
    private func enqueueSecret(_ words: Words, to contact: Contact, _ transaction: Transaction) throws {
        do throws(OutboxError) {
            try enqueue(words, to: contact, transaction)
        } catch .badAddress {
            throw HelpdeskError.contactUnknown(contact.channel)
        }
    }

    /// An owner without an address, or with one that cannot be written to, never blocks anything (R8).
    private func enqueueNotices(
        _ act: PlannedAct, _ target: TargetFacts, _ transaction: Transaction
    ) throws {
        let kind: MessageKind
        switch act.operation.action {
        case .resetPassword: kind = act.link == nil ? .passwordReset : .secureLinkSent
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
        message.expires = words.expires
        message.group = words.group
        message.held = true
        try collaborators.outbox.enqueue(message, in: transaction)
    }
}
