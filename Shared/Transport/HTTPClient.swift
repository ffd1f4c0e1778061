import CCurl
import Model

/// Sends HTTP/1.1 requests and keeps the connections open.
///
/// It follows no redirect (the answer is the caller's to judge), takes no proxy from the environment, speaks only
/// `http` and `https`, checks certificate and host name, and stops at the deadline and at the body bound.
public final class HTTPClient: Sendable {
    private let handles: CurlHandles
    private let caFile: String?
    private let maximumBody: Int
    private let userAgent: String

    /// A client with its own threads and connections.
    ///
    /// - Parameters:
    ///   - threads: requests under way at once; more wait, inside their deadline.
    ///   - caFile: certificates to trust in place of the system's (PEM).
    ///   - maximumBody: bytes of answer it takes.
    ///   - userAgent: the `User-Agent` field.
    public init(threads: Int = 4, caFile: String? = nil, maximumBody: Int = 1_048_576, userAgent: String = "latchkey") {
        handles = CurlHandles(name: "http-client", threads: threads)
        self.caFile = caFile
        self.maximumBody = maximumBody
        self.userAgent = userAgent
    }

    /// Sends the request and waits for the whole answer, whatever its status.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try checkHead(of: request)
        return try await handles.run(deadline: request.deadline) {
            [caFile, maximumBody, userAgent] handle, rest throws(TransportError) in
            try handle.prepare(protocols: "http,https", caFile: caFile, deadline: rest)
            try handle.set(CURLOPT_USERAGENT, userAgent)
            try Self.describe(request, to: handle)
            let collector = CurlCollector(maximumBody: maximumBody)
            // A method that usually has a body says so when it has none (RFC 9110 §8.6): some servers answer 411 else.
            let isWrite = ["POST", "PUT", "PATCH"].contains(request.method)
            let outcome = try handle.perform(body: request.body ?? (isWrite ? [] : nil), collector: collector)
            if collector.isTooLarge { throw .tooLarge }
            if let error = outcome.error { throw error }
            return HTTPResponse(status: outcome.response, headers: collector.headers, body: collector.body)
        }
    }

    private static func describe(_ request: HTTPRequest, to handle: CurlHandle) throws(TransportError) {
        try handle.set(CURLOPT_URL, request.url)
        if request.wantsNewConnection { try handle.set(CURLOPT_FRESH_CONNECT, 1) }
        try handle.set(CURLOPT_HTTP_VERSION, latchkey_curl_http_1_1)
        switch request.method {
        case "GET" where request.body == nil: try handle.set(CURLOPT_HTTPGET, 1)
        case "HEAD": try handle.set(CURLOPT_NOBODY, 1)
        default:
            try handle.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        // Without the empty `Expect:` libcurl asks for 100-continue and waits; without the empty content type it
        // says `application/x-www-form-urlencoded` of every body.
        let standing = ["Expect:"] + (hasContentType(request) ? [] : ["Content-Type:"])
        try handle.set(CURLOPT_HTTPHEADER, standing + request.headers.map(headerLine))
        if let credentials = request.credentials {
            try handle.set(CURLOPT_HTTPAUTH, latchkey_curl_auth_basic)
            try handle.set(CURLOPT_USERNAME, credentials.username)
            try handle.set(CURLOPT_PASSWORD, credentials.password)
        }
    }

    private static func hasContentType(_ request: HTTPRequest) -> Bool {
        HTTPResponse(status: 0, headers: request.headers).header("content-type") != nil
    }

    /// libcurl wants `Name;` for a field with an empty value; `Name:` would remove the field.
    private static func headerLine(_ name: String, _ value: String) -> String {
        value.isEmpty ? "\(name);" : "\(name): \(value)"
    }

    private func checkHead(of request: HTTPRequest) throws(TransportError) {
        guard isToken(request.method) else { throw .failed("the method is not a token") }
        guard request.method != "HEAD" || request.body == nil else { throw .failed("HEAD has no body") }
        for (name, value) in request.headers {
            guard isToken(name) else { throw .failed("a field name is not a token") }
            guard hasNoControls(value) else { throw .failed("a control character in the field \(name)") }
        }
        guard hasNoControls(request.url) else { throw .failed("a control character in the URL") }
    }
}

/// RFC 9110 §5.6.2.
private func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
}

/// No scalar below 0x20 and no 0x7F (IN-03): what could end a line or a field.
func hasNoControls(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
}
