/// On whose behalf the helpdesk asks: the operator's own token travels with every call, so that an operator cannot be
/// invented (ST-01), and where the operator sits, for the auth service's history.
public struct OperatorCredentials: Sendable, CustomStringConvertible {
    /// The operator's access token.
    public let accessToken: String
    /// Where the operator's request came from.
    public let origin: ClientOrigin

    /// Makes credentials of their parts.
    public init(accessToken: String, origin: ClientOrigin) {
        self.accessToken = accessToken
        self.origin = origin
    }

    /// Always `redacted`.
    public var description: String { "redacted" }
}

/// Where a request came from.
public struct ClientOrigin: Sendable, Equatable {
    /// The client's network address.
    public let address: String
    /// What the client calls itself, without control characters, cut to 200 characters.
    public let client: String?

    /// Makes it of its parts.
    public init(address: String, client: String?) {
        self.address = address
        self.client = client.map { text in
            var scalars = String.UnicodeScalarView()
            scalars.append(
                contentsOf: text.unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200))
            return String(scalars)
        }
    }
}
