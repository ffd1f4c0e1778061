import Observability
import Platform

/// One request as the network gave it, before anybody has decided anything about it. A class, because a request goes
/// through a dozen hands that each would hold its parts.
public final class Request: Sendable {
    /// What is to be done.
    public let method: Method
    /// The decoded segments of the path; none of them holds a slash, a control character or is `.` or `..`.
    public let segments: [String]
    /// The decoded query, in order.
    public let query: [QueryItem]
    /// The header fields.
    public let headers: Headers
    /// The body; empty when there was none.
    public let body: [UInt8]
    /// Where the request came from, as text; the proxy's word for it when the server stands behind one.
    public let remoteAddress: String
    /// The caller's `Latchkey-Request-Id`, or a new one.
    public let requestID: RequestID
    /// Why the target could not be taken apart; the router answers with it.
    let targetProblem: Problem?

    /// Takes a request apart. A target that cannot be understood is kept as the problem the router answers with.
    ///
    /// - Parameters:
    ///   - target: the raw target of the request line, for example `/v1/users?limit=10`.
    ///   - newID: the id if the caller gave none, or none that is well-formed.
    public init(
        _ method: Method, _ target: String, headers: Headers = [:], body: [UInt8] = [],
        from remoteAddress: String = "127.0.0.1", newID: @autoclosure () -> RequestID = .random()
    ) {
        self.method = method
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        requestID = headers[Request.idField].flatMap { RequestID($0) } ?? newID()
        let parsed = Result { () throws(Problem) in try RequestTarget(target) }
        switch parsed {
        case .success(let target):
            (segments, query, targetProblem) = (target.segments, target.query, nil)
        case .failure(let problem):
            (segments, query, targetProblem) = ([], [], problem)
        }
    }

    /// The field that carries the request id, in requests and in answers.
    public static let idField = "Latchkey-Request-Id"

    /// The decoded path.
    public var path: String { "/" + segments.joined(separator: "/") }
}

extension RequestID {
    /// A new id of 128 random bits.
    public static func random() -> RequestID {
        RequestID(randomBytes: SystemRandom().bytes(16))
    }
}
