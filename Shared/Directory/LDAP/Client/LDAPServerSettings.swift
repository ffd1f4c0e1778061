import Configuration
import Model
import Passwords

/// Where a directory's servers are and how to talk to them; the same for every kind of store that speaks LDAP.
public struct LDAPServerSettings: Sendable {
    /// How the connection is kept from being read on the way. There is no way without.
    public enum Security: String, CaseIterable, Sendable {
        /// TLS from the first byte, port 636.
        case ldaps
        /// StartTLS on port 389, and nothing is sent without it (RFC 4511 §4.14).
        case startTLS
    }

    /// The servers, the preferred one first. All hold the same data.
    public let servers: [LDAPServer]
    /// How the connection is protected.
    public let security: Security
    /// Certificates to trust in place of the system's (PEM).
    public let caFile: String?
    /// The service account: a DN, or what else the directory takes in a simple bind.
    public let bindName: String
    /// Where its password is.
    public let bindPassword: SecretReference
    /// The entry all others of the store stand below.
    public let base: String
    /// How long one attempt to connect may take, TLS and the service bind included.
    public let connectDeadline: Duration
    /// How long one call may take, connecting and waiting for a connection included.
    public let deadline: Duration
    /// Connections at most, and calls at the same time.
    public let connections: Int
    /// How long a connection nobody uses is kept; below what the servers and firewalls allow.
    public let idleLimit: Duration
    /// What Latchkey wants of a new password before the directory is asked.
    public let passwordPolicy: PasswordPolicy

    /// Makes settings of their parts.
    public init(
        servers: [LDAPServer], security: Security = .ldaps, caFile: String?, bindName: String,
        bindPassword: SecretReference, base: String, connectDeadline: Duration = .seconds(5),
        deadline: Duration = .seconds(10), connections: Int = 8, idleLimit: Duration = .seconds(60),
        passwordPolicy: PasswordPolicy = PasswordPolicy()
    ) {
        self.servers = servers
        self.security = security
        self.caFile = caFile
        self.bindName = bindName
        self.bindPassword = bindPassword
        self.base = base
        self.connectDeadline = connectDeadline
        self.deadline = deadline
        self.connections = connections
        self.idleLimit = idleLimit
        self.passwordPolicy = passwordPolicy
    }

    /// Reads `servers`, `security`, `caFile`, `bindName`, `bindPassword`, `base`, `connectSeconds`, `deadlineSeconds`,
    /// `connections`, `idleSeconds` and the optional `policy`.
    init(_ reader: ConfigurationReader) {
        let security = reader.choice("security", default: Security.ldaps)
        self.security = security
        let names = reader.strings("servers", count: 1...16, length: 1...260)
        var servers: [LDAPServer] = []
        for name in names {
            if let server = LDAPServer(name, security: security) {
                servers.append(server)
            } else {
                reader.report("is not a host name or address with an optional port: \(name)", at: "servers")
            }
        }
        self.servers = servers
        caFile = reader.optionalPath("caFile")
        bindName = reader.string("bindName")
        bindPassword = reader.secret("bindPassword") ?? .file("")
        base = reader.parsed("base", as: "distinguished name") { isNamed($0) ? $0 : nil } ?? ""
        connectDeadline = reader.seconds("connectSeconds", default: 5, in: 1...60)
        deadline = reader.seconds("deadlineSeconds", default: 10, in: 1...120)
        connections = reader.integer("connections", default: 8, in: 1...64)
        idleLimit = reader.seconds("idleSeconds", default: 60, in: 1...3_600)
        passwordPolicy = reader.optionalObject("policy").map { PasswordPolicy($0) } ?? PasswordPolicy()
    }
}

/// The base of a store names an entry: the root would hold every database of the server.
private func isNamed(_ text: String) -> Bool {
    DistinguishedName(text).map { !$0.components.isEmpty } ?? false
}

/// One directory server.
public struct LDAPServer: Sendable, Hashable, CustomStringConvertible {
    /// Host name or address, which the certificate must name.
    public let host: String
    /// The port.
    public let port: UInt16

    /// Names a server.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host`, `host:port` or `[address]:port`; the port is the usual one where the text has none. `nil` when it
    /// is neither.
    public init?(_ text: String, security: LDAPServerSettings.Security) {
        let usual: UInt16 = security == .ldaps ? 636 : 389
        var host = Substring(text)
        var port: UInt16 = usual
        if text.utf8.first == UInt8(ascii: "["), let end = text.utf8.lastIndex(of: UInt8(ascii: "]")) {
            host = text[text.utf8.index(after: text.startIndex)..<end]
            let rest = text[text.utf8.index(after: end)...]
            guard rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else { return nil }
            if !rest.isEmpty {
                guard let number = LDAPServer.port(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            colon == text.utf8.lastIndex(of: UInt8(ascii: ":"))
        {
            host = text[..<colon]
            guard let number = LDAPServer.port(text[text.utf8.index(after: colon)...]) else { return nil }
            port = number
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
        self.init(host: String(host), port: port)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(text), number > 0 else {
            return nil
        }
        return number
    }

    /// `host:port`.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
        true
    default: false
    }
}
