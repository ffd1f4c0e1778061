import Observability
import StrictJSON

/// One answer: whole, or with a body that is made while it is sent.
public struct Response: Sendable {
    /// The status code, 200 to 599.
    public let status: Int
    /// The fields, without those that the router and the server add.
    public var headers: [(String, String)]
    /// The body. The server leaves it out of the answer to HEAD and keeps its length.
    public let body: [UInt8]
    /// The body in place of `body`, where it is not whole yet.
    public let stream: BodyStream?

    /// Makes an answer of its parts.
    public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
        stream = nil
    }

    /// An answer with a body that is made while it is sent.
    public init(status: Int, headers: [(String, String)] = [], stream: BodyStream) {
        self.status = status
        self.headers = headers
        body = []
        self.stream = stream
    }

    /// An answer with a JSON body.
    public static func json(_ status: Int, _ value: JSON) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json")], body: value.serialized())
    }

    /// An answer without a body.
    public static func empty(_ status: Int = 204) -> Response {
        Response(status: status)
    }

    /// An answer with a text in UTF-8.
    public static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    /// An answer that says what went wrong (RFC 9457), with the id of the request being served.
    public static func problem(
        _ problem: Problem, requestID: RequestID? = RequestContext.requestID
    ) -> Response {
        let headers = [("Content-Type", "application/problem+json")] + problem.headers
        return Response(
            status: problem.status, headers: headers, body: problem.json(requestID: requestID).serialized())
    }

    /// The same answer with one more field.
    public func header(_ name: String, _ value: String) -> Response {
        var result = self
        result.headers.append((name, value))
        return result
    }

    /// The value of a field; the first if there are several.
    public func header(_ name: String) -> String? {
        headers.first { equalIgnoringCase($0.0, name) }?.1
    }
}
