import Directory
import Messaging
import Model
import SQL

/// Tells the owner of an account that something happened to it (R8).
///
/// An owner without an address, or with one that cannot be written to (any more), never blocks anything.
struct OwnerNotice: Sendable {
    let collaborators: Collaborators
    /// The languages the owner prefers, as the directory has them.
    let language: String?

    /// A place a notice can go to.
    struct Address: Sendable, Hashable {
        let channel: MessageChannelKind
        let text: String
    }

    /// Puts notices to every enrolled address of the account into the outbox.
    ///
    /// - Parameter login: the sign-in name for the text; `nil`: the account's entry id is used where the directory was
    ///   not asked.
    func enqueue(
        _ kind: MessageKind, to account: AccountID, login: String?, fields: [String: String],
        _ transaction: Transaction
    ) throws {
        let addresses = try enrolledAddresses(of: account, transaction)
        try enqueue(kind, to: addresses, login: login ?? account.entry, fields: fields, transaction)
    }

    /// Puts a notice to each of these addresses into the outbox.
    func enqueue(
        _ kind: MessageKind, to addresses: [Address], login: String, fields: [String: String],
        _ transaction: Transaction
    ) throws {
        for address in addresses {
            var message = OutboxMessage(
                id: collaborators.random.identifier(), kind: kind, channel: address.channel,
                address: address.text, fields: fields.merging(["login": login]) { first, _ in first })
            message.language = language
            try enqueue(message, transaction)
        }
    }

    private func enqueue(_ message: OutboxMessage, _ transaction: Transaction) throws(OutboxError) {
        do {
            try collaborators.outbox.enqueue(message, in: transaction)
        } catch {
            switch error {
            case .badAddress, .template:
                collaborators.log.warning("notice.not_written", ["kind": .init(message.kind.rawValue)])
            case .sealing, .database: throw error
            }
        }
    }

    /// The addresses an account has enrolled.
    func enrolledAddresses(of account: AccountID, _ connection: any Connection) throws -> [Address] {
        try EnrollmentStore.all(of: account, connection)
            .compactMap { try contact(of: $0, collaborators)?.noticeAddress }
    }
}

extension Contact {
    /// Where a notice to this contact goes.
    var noticeAddress: OwnerNotice.Address { OwnerNotice.Address(channel: channel, text: address) }
}

extension DirectoryAccount {
    /// The directory's own mobile and mail attributes.
    var noticeAddresses: [OwnerNotice.Address] {
        [(MessageChannelKind.sms, mobile), (.email, mail)].compactMap { channel, text in
            text.flatMap { $0.isEmpty ? nil : OwnerNotice.Address(channel: channel, text: $0) }
        }
    }
}
