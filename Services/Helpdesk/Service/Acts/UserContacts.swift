import AuthClient
import Crypto
import Directory
import Model

/// The addresses of a person: those they enrolled, and those of the directory (R9).
struct UserContacts: Sendable {
    let enrolled: [Contact]
    let directory: [Contact]

    var all: [Contact] { enrolled + directory }

    static func load(
        of target: TargetFacts, for person: SignedIn, _ collaborators: Collaborators
    ) async throws(HelpdeskError) -> UserContacts {
        var enrolled: [Contact] = []
        if target.isEnrolled {
            enrolled = try await asking { () throws(CallerVerificationError) in
                try await collaborators.auth.contacts(of: target.id, person.credentials)
            }
        }
        return UserContacts(enrolled: enrolled, directory: directoryContacts(of: target.account, collaborators.keyring))
    }

    /// The contact chosen; an id that is none of this person's, or is of another channel, is nobody's.
    func find(_ choice: ContactChoice) throws(HelpdeskError) -> Contact {
        guard let contact = all.first(where: { $0.id == choice.id }),
            choice.channel.map({ $0 == contact.channel }) ?? true
        else { throw .contactUnknown(choice.channel ?? .email) }
        return contact
    }

    /// Every address once, with the directory's of one more account: who has to hear of an act on it (R8).
    func everywhere(of account: DirectoryAccount, _ keyring: Keyring) -> [Contact] {
        var seen: Set<String> = []
        return (all + directoryContacts(of: account, keyring)).filter { contact in
            seen.insert("\(contact.channel.rawValue) \(contact.address)").inserted
        }
    }
}

/// The directory's mobile and mail attributes. Their ids are keyed digests of what they stand for: opaque, the same at
/// every look, and gone once the attribute changes.
private func directoryContacts(of account: DirectoryAccount, _ keyring: Keyring) -> [Contact] {
    let attributes: [(MessageChannelKind, String?)] = [(.sms, account.mobile), (.email, account.mail)]
    return attributes.compactMap { channel, address in
        guard let address, !address.isEmpty else { return nil }
        let text = "\(account.id.text)\u{0}\(channel.rawValue)\u{0}\(address)"
        let digest = keyring.mac(Array(text.utf8), purpose: "directory-contact").prefix(18)
        return ContactID(Base64URL.encode(digest)).map {
            Contact(id: $0, channel: channel, source: .directory, address: address)
        }
    }
}
