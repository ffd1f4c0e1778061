/// The method of a request (RFC 9110 §9). Methods are case-sensitive: `get` is not `GET`.
public enum Method: Hashable, Sendable, CustomStringConvertible {
    case get
    case head
    case post
    case put
    case patch
    case delete
    case options
    /// Any other token; no route can have it, so it is answered with 405 or 404.
    case other(String)

    /// Takes the method as it stands in the request line.
    public init(_ text: String) {
        switch text {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "PATCH": self = .patch
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        default: self = .other(text)
        }
    }

    /// The method as it stands in the request line.
    public var description: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other(let text): text
        }
    }

    /// Whether a request of this method may carry a body here.
    ///
    /// RFC 9110 §9.3 gives a body on GET, HEAD and DELETE no meaning and names it as a way to smuggle requests; such a
    /// body is answered with 400 `web.unexpected_body` instead of being ignored.
    public var takesBody: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .head, .delete, .options, .other: false
        }
    }
}
