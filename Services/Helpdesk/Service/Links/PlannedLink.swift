import Crypto
import Directory
import Model
import Platform

/// A link that is to be sent (R3). Nothing of it is stored yet.
struct PlannedLink: Sendable {
    /// One way the link goes out. Each channel has a token of its own, because each has a time of its own: 60 minutes by
    /// mail, 10 by SMS (NIST SP 800-63B §4.2.1.2).
    struct Way: Sendable {
        let contact: Contact
        let token: Secret
        let lifetime: Duration
    }

    let id: SecureLinkID
    let ways: [Way]

    /// Where the page is, with the token behind `#`: what stands there no server, proxy or mail scanner is ever sent.
    /// The host comes from the configuration alone (SL-02).
    func address(of way: Way, at publicURL: String) -> String {
        "\(publicURL)/reset#\(way.token.copyText() ?? "")"
    }

    func record(for target: TargetFacts, of operation: OperationID, at now: Timestamp) -> SecureLink {
        let longest = ways.map(\.lifetime).max() ?? .zero
        return SecureLink(
            id: id, account: target.id, operation: operation, state: .held, expiresAt: now + longest, openedAt: nil,
            passwordSetAt: target.account.passwordSetAt)
    }

    func tokens(_ keyring: Keyring, at now: Timestamp) -> [SecureLinkToken] {
        ways.map { way in
            SecureLinkToken(
                digest: SecureLinkTokens.digest(of: way.token, keyring), channel: way.contact.channel,
                expiresAt: now + way.lifetime)
        }
    }
}

/// How tokens are made and recognized.
enum SecureLinkTokens {
    /// 43 characters of base64url.
    static let length = 43

    /// A new token of 256 random bits (SL-01).
    static func make(_ random: some RandomSource) -> Secret {
        Secret(Base64URL.encode(random.bytes(SecurityLimits.tokenBytes)))
    }

    /// What rests of a token: a digest under a key outside the database (SL-01).
    static func digest(of token: Secret, _ keyring: Keyring) -> [UInt8] {
        keyring.mac(token.copyBytes(), purpose: "secure-link")
    }
}

extension DirectoryAccount {
    /// When the password was last set, where the directory knows.
    var passwordSetAt: Timestamp? {
        if case .at(let moment) = lastPasswordSet { return moment }
        return nil
    }
}
