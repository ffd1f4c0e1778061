import Configuration
import Passwords

/// What `stores.json5` says about a Microsoft Entra ID tenant. The fields are told in `docs/directories/entra-id.md`.
public struct EntraIDSettings: Sendable {
    /// How people of the store sign in to Latchkey.
    public enum SignIn: String, CaseIterable, Sendable {
        /// Not at all; the default.
        case none
        /// By the resource owner password grant (RFC 6749 §4.3), which Entra refuses to whoever needs a second factor.
        case passwordGrant
    }

    /// Which property of a user is the address of messages.
    public enum MailAttribute: String, CaseIterable, Sendable {
        /// The mailbox of the tenant; the default.
        case mail
        /// The first of the other addresses, for people who read their mail with the password they have lost.
        case otherMails
    }

    /// The tenant: its id or one of its domains.
    public let tenant: String
    /// The application's (client) id.
    public let clientID: String
    /// The application's secret.
    public let clientSecret: SecretReference?
    /// How people sign in.
    public let signIn: SignIn
    /// The address of messages.
    public let mailAttribute: MailAttribute
    /// A directory extension that takes the id of the operation that set the password last; `nil`: none.
    public let operationAttribute: String?
    /// Where tokens are issued, without a slash at the end.
    public let loginURL: String
    /// Microsoft Graph, without a slash at the end.
    public let graphURL: String
    /// Certificates to trust in place of the system's (PEM).
    public let caFile: String?
    /// How long a call of the store may take in all, waiting as told by `Retry-After` included.
    public let deadline: Duration
    /// How long a settlement waits for a write to be seen before it says that there was none.
    public let settling: Duration
    /// Requests under way at once.
    public let connections: Int
    /// What a new password has to be like before Entra is asked.
    public let password: PasswordPolicy

    /// Reads the settings of a store of the kind `entraID`.
    init(_ reader: ConfigurationReader) {
        tenant = reader.parsed("tenant", as: "tenant id or domain") { Self.isHostLike($0) ? $0 : nil } ?? ""
        clientID = reader.parsed("clientID", as: "application id") { ObjectID($0)?.text } ?? ""
        clientSecret = reader.secret("clientSecret")
        signIn = reader.choice("signIn", default: SignIn.none)
        mailAttribute = reader.choice("mailAttribute", default: .mail)
        operationAttribute = reader.optionalParsed("operationAttribute", as: "name of a directory extension") {
            Self.isExtension($0) ? $0 : nil
        }
        loginURL = Self.url(reader, "loginURL", default: "https://login.microsoftonline.com")
        graphURL = Self.url(reader, "graphURL", default: "https://graph.microsoft.com")
        caFile = reader.optionalPath("caFile")
        deadline = reader.seconds("deadlineSeconds", default: 10, in: 1...30)
        settling = reader.seconds("settlingSeconds", default: 5, in: 0...30)
        connections = reader.integer("connections", default: 8, in: 1...64)
        password = reader.optionalObject("policy").map { PasswordPolicy($0) } ?? PasswordPolicy()
    }

    /// `https://host` or `https://host:port`: nothing that could change what is asked of it.
    private static func url(_ reader: ConfigurationReader, _ name: String, default standard: String) -> String {
        let parsed = reader.optionalParsed(name, as: "https URL without path") { (text: String) -> String? in
            let rest = text.utf8.dropFirst("https://".utf8.count)
            let isPlain = rest.allSatisfy { isHostByte($0) || $0 == UInt8(ascii: ":") || $0 == 0x5B || $0 == 0x5D }
            return text.utf8.starts(with: "https://".utf8) && !rest.isEmpty && isPlain ? text : nil
        }
        return parsed ?? standard
    }

    private static func isHostLike(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text.utf8.allSatisfy(isHostByte)
    }

    /// `extension_`, the application's id without hyphens, and a name (Graph: "Add custom data to resources by using
    /// extensions", directory extensions).
    private static func isExtension(_ text: String) -> Bool {
        text.utf8.starts(with: "extension_".utf8) && text.utf8.count <= 120
            && text.utf8.allSatisfy {
                isHostByte($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
    default: false
    }
}
