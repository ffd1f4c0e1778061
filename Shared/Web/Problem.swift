import Observability
import StrictJSON

/// Why a request was not done, in the words of RFC 9457: the body of every answer of 400 and above.
///
/// `code` is the stable name programs decide on; title and detail are for people and never hold internals.
public struct Problem: Error, Sendable {
    /// The status code, 400 to 599.
    public let status: Int
    /// The stable name, for example `helpdesk.caller_not_verified`.
    public let code: String
    /// What this code means, the same for every occurrence.
    public let title: String
    /// What happened this time.
    public var detail: String?
    /// The place in the body that is wrong (RFC 6901).
    public var pointer: String?
    /// Fields of the answer, for example `Retry-After`.
    public var headers: [(String, String)] = []
    /// Members of the body beyond the standard ones.
    public var extra: [JSONMember] = []

    /// Names what went wrong. Without a title the status code's phrase stands in for it.
    public init(status: Int, code: String, title: String? = nil, detail: String? = nil) {
        self.status = status
        self.code = code
        self.title = title ?? StatusPhrase.of(status)
        self.detail = detail
    }

    /// The same problem, at a place in the body (RFC 6901).
    public func at(_ pointer: String) -> Problem {
        var result = self
        result.pointer = pointer
        return result
    }

    /// The same problem, with a field of the answer.
    public func header(_ name: String, _ value: String) -> Problem {
        var result = self
        result.headers.append((name, value))
        return result
    }

    /// The same problem, with a member of the body.
    public func member(_ name: String, _ value: JSON) -> Problem {
        var result = self
        result.extra.append(JSONMember(name: name, value: value))
        return result
    }

    /// The body. `type` is `about:blank` because `code` says what a type would (RFC 9457 §4.2.1).
    public func json(requestID: RequestID?) -> JSON {
        var members = [
            JSONMember(name: "type", value: .string("about:blank")),
            JSONMember(name: "title", value: .string(title)),
            JSONMember(name: "status", value: .integer(Int64(status))),
        ]
        let optional = [
            ("detail", detail), ("code", code), ("requestId", requestID?.text), ("pointer", pointer),
        ]
        for case (let name, let text?) in optional {
            members.append(JSONMember(name: name, value: .string(text)))
        }
        return .object(members + extra)
    }
}

/// The phrases of RFC 9110 §15 and RFC 6585 for the status codes these services answer with.
enum StatusPhrase {
    static func of(_ status: Int) -> String {
        phrases[status] ?? (status >= 500 ? "Server Error" : "Request Refused")
    }

    private static let phrases = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 412: "Precondition Failed",
        413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 422: "Unprocessable Content",
        423: "Locked", 428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    ]
}
