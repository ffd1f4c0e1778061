import HTTPServer
import Model
import Observability
import Platform
import TestSupport
import Web

/// A server on a free port, with a router whose rows write down what they were asked.
///
/// `/slow` waits until `release()`; everything else is answered at once. Nothing links to `/smuggled`: a request that
/// reaches it was hidden in another.
final class TestServer: Sendable {
    let server: HTTPServer
    let metrics = Metrics()
    let port: UInt16
    private let seen: Lock<[String]>
    private let gate: Gate

    init(_ change: (inout HTTPServerSettings) -> Void = { _ in }) throws {
        let (seen, gate) = (Lock<[String]>([]), Gate())
        var settings = HTTPServerSettings()
        change(&settings)
        let handler: Route<Void>.Handler = { call in
            seen.withLock { $0.append(TestServer.meaning(call.request)) }
            if call.request.path == "/slow" { await gate.wait() }
            return TestServer.echo(call.request)
        }
        let get = ["/ok", "/smuggled", "/slow"].map { Route<Void>(.get, $0, $0, .anybody, handler).query("a", "c") }
        let post = Route<Void>(.post, "/post", "post", .anybody, handler).consuming("text/plain")
        let router = Router(routes: get + [post], log: .silent, metrics: metrics, authorize: { _, _ in })
        server = HTTPServer(settings, log: .silent, metrics: metrics) { await router.respond(to: $0) }
        (self.seen, self.gate) = (seen, gate)
        port = try server.start()
    }

    /// What reached a row: method, path, query, body.
    var requests: [String] { seen.withLock { $0 } }

    /// Lets the waiting handlers go on, now and later.
    func release() { gate.open() }

    /// Waits until the rows have seen this many requests.
    func waits(forRequests count: Int) async throws {
        try await waitUntil("\(count) requests") { self.requests.count >= count }
    }

    private static func meaning(_ request: Request) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let body = String(decoding: request.body, as: UTF8.self)
        return "\(request.method) \(request.path) \(query)|\(body)"
    }

    private static func echo(_ request: Request) -> Response {
        Response.text(200, meaning(request))
            .header("Seen-Address", request.remoteAddress)
            .header("Seen-Fields", String(request.headers.fields.count))
    }
}

/// A gate that stays open once it was opened.
final class Gate: Sendable {
    private let state = Lock<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension Log {
    /// A log that goes nowhere.
    static let silent = Log(service: "test", sink: { _ in }, now: { SystemClock().now() })
}
