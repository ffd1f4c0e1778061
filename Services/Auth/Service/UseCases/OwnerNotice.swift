import Messaging
import Model
import SQL

/// Tells the owner of an account, at every address they have enrolled, that something happened to it (R8).
struct OwnerNotice: Sendable {
    let collaborators: Collaborators

    /// Puts the notices into the outbox. An owner without an address never blocks anything.
    ///
    /// - Parameter login: the sign-in name for the text; `nil`: the account's entry id is used where the directory was
    ///   not asked.
    func enqueue(
        _ kind: MessageKind, to account: AccountID, login: String?, fields: [String: String],
        _ transaction: Transaction
    ) throws {
        let contacts = try EnrollmentStore.all(of: account, transaction)
            .compactMap { try contact(of: $0, collaborators) }
        try enqueue(kind, to: contacts, login: login ?? account.entry, fields: fields, transaction)
    }

    func enqueue(
        _ kind: MessageKind, to contacts: [Contact], login: String, fields: [String: String],
        _ transaction: Transaction
    ) throws {
        for contact in contacts {
            let message = OutboxMessage(
                id: collaborators.random.identifier(), kind: kind, channel: contact.channel,
                address: contact.address, fields: fields.merging(["login": login]) { first, _ in first })
            try collaborators.outbox.enqueue(message, in: transaction)
        }
    }
}
