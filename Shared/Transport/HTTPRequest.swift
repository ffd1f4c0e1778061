import Model

/// One request to another HTTP server.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST`, ...: a token (RFC 9110 §9.1).
    public var method: String
    /// An absolute `http` or `https` URL, escaped where it has to be.
    public var url: String
    /// Fields in the order they are sent.
    public var headers: [(String, String)]
    /// The body; `nil` sends none.
    public var body: [UInt8]?
    /// How long everything may take, waiting for a thread and connecting included.
    public var deadline: Duration
    /// Whether it must not be sent over a connection that was kept open. libcurl sends a request by itself once more, of
    /// whatever method, when such a connection ends before a byte of the answer, and the server may have acted by then
    /// (lib/transfer.c, `Curl_retry_request`). For what must never be done twice.
    public var wantsNewConnection = false
    /// Sent as `Authorization: Basic` (RFC 7617).
    public var credentials: Credentials?

    /// A user name and its password.
    public struct Credentials: Sendable {
        /// Without a colon (RFC 7617 §2).
        public let username: String
        /// The password.
        public let password: Secret

        /// A user name and its password.
        public init(username: String, password: Secret) {
            self.username = username
            self.password = password
        }
    }

    /// Makes a request of its parts.
    public init(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        deadline: Duration = .seconds(10)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}

/// The answer to an `HTTPRequest`.
public struct HTTPResponse: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// Fields in the order they came, names as the server wrote them.
    public let headers: [(String, String)]
    /// The body, whole.
    public let body: [UInt8]

    /// Makes an answer of its parts.
    public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { equalsIgnoringASCIICase($0.0, name) }?.1
    }
}

private func equalsIgnoringASCIICase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
