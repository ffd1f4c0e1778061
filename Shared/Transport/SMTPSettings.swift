import Model

/// Where and how mail is handed over.
public struct SMTPSettings: Sendable {
    /// How the connection is kept from being read on the way.
    public enum Security: String, CaseIterable, Sendable {
        /// STARTTLS, and nothing is sent without it (RFC 3207).
        case startTLS
        /// TLS from the first byte (RFC 8314 §3.3).
        case implicitTLS
        /// None; only to a server on this machine.
        case none
    }

    /// Host name or address, which the certificate must name.
    public let host: String
    /// 25, 465, 587, ...
    public let port: UInt16
    /// How the connection is kept from being read on the way.
    public let security: Security
    /// Name for AUTH PLAIN or LOGIN; `nil` sends without AUTH.
    public var username: String?
    /// The password that goes with it.
    public var password: Secret?
    /// Certificates to trust in place of the system's (PEM).
    public var caFile: String?
    /// How long one mail may take, connecting included.
    public var deadline = Duration.seconds(20)
    /// The name this program gives itself in EHLO.
    public let helo: String

    /// Names the server and ourselves. Credentials, CA file and deadline are set afterwards.
    ///
    /// - Throws: `.failed` for a host or own name that is no host name or address, and for `.none` to another machine.
    public init(
        host: String, port: UInt16, security: Security = .startTLS, helo: String = "localhost"
    ) throws(TransportError) {
        guard isHost(host) else { throw .failed("the mail server's host is not a host name or address") }
        guard isHost(helo) else { throw .failed("the name for EHLO is not a host name") }
        if security == .none, !isLoopback(host) {
            throw .failed("mail leaves this machine only over TLS")
        }
        self.host = host
        self.port = port
        self.security = security
        self.helo = helo
    }

    /// The URL libcurl takes; the path is the name for EHLO.
    var url: String {
        let scheme = security == .implicitTLS ? "smtps" : "smtp"
        let authority = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return "\(scheme)://\(authority):\(port)/\(helo)"
    }
}

/// Whether the host is this machine without asking a resolver.
public func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1"
        || host.utf8.starts(with: "127.".utf8)
            && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
}

private func isHost(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
                true
            default: false
            }
        }
}
