import Model
import Observability
import Platform
import StrictJSON
import Testing
import Web

/// The router in memory. What depends on sockets is in `ServerTests`.
struct RouterTests {
    struct Refused: Error {}
    enum Domain: Error { case broken(String) }

    private let metrics = Metrics()
    private let lines = Lock<[String]>([])

    private func log(_ minimum: Log.Level = .info) -> Log {
        Log(
            service: "test", minimum: minimum,
            sink: { [lines] bytes in lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } },
            now: { Timestamp(seconds: 0) })
    }

    private func router(_ routes: [Route<String>]) -> Router<String> {
        Router(
            routes: routes, log: log(), metrics: metrics,
            authorize: { request, access in
                switch access {
                case .anybody: return "anybody"
                case .signedIn: return request.bearerToken() ?? "nobody"
                case .permission, .stepUp, .service: throw Problem(status: 403, code: "test.forbidden")
                }
            },
            problem: { error in error is Refused ? Problem(status: 409, code: "test.refused") : nil })
    }

    private static let names: Route<String>.Handler = { call in
        let id = call.parameters["id"] ?? "-"
        return .text(200, "\(call.request.method) \(id) \(call.caller)")
    }

    private static let table = [
        Route(.get, "/", "root", .anybody, names),
        Route(.get, "/v1/sessions", "listSessions", .anybody, names),
        Route(.post, "/v1/sessions", "signIn", .anybody, names),
        Route(.delete, "/v1/sessions/current", "signOut", .signedIn, names),
        Route(.get, "/v1/sessions/{id}", "session", .anybody, names),
        Route(.post, "/v1/sessions/{id}/second-factor", "secondFactor", .anybody, names),
        Route(.get, "/v1/users", "users", .permission(.searchUsers), names),
        Route(.get, "/v1/events", "events", .service, names),
    ]

    private func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test(arguments: [
        ("/", "GET - anybody"), ("/v1/sessions", "GET - anybody"), ("/v1/sessions/a-1", "GET a-1 anybody"),
        ("/v1/sessions/a%2D1", "GET a-1 anybody"), ("/v1/sessions/%C3%A5", "GET å anybody"),
        ("/v1/sessions/%2525", "GET %25 anybody"), ("/v1/sessions/a+b", "GET a+b anybody"),
    ])
    func `a path leads to its row`(_ path: String, _ expected: String) async {
        let response = await router(RouterTests.table).respond(to: Request(.get, path))
        #expect(text(response) == expected)
    }

    @Test func `a literal segment goes before a parameter, and gives way where it leads nowhere`() async {
        let router = router(RouterTests.table)
        let current = await router.respond(to: Request(.delete, "/v1/sessions/current"))
        #expect(text(current) == "DELETE - nobody")
        let other = await router.respond(to: Request(.get, "/v1/sessions/current"))
        #expect(other.status == 405)
        let deeper = await router.respond(to: Request(.post, "/v1/sessions/current/second-factor"))
        #expect(text(deeper) == "POST current anybody")
    }

    /// IN-00
    @Test(arguments: [
        "/v1", "/v1/", "/v1/sessions/", "//v1/sessions", "/v1//sessions", "/v1/sessions/a/", "/V1/sessions",
        "/v1/sessions/a/b", "/v1/session\u{73}x", "/v1/sessionſ".encodedForTest,
    ])
    func `a path that is not the row's is not found`(_ path: String) async {
        let response = await router(RouterTests.table).respond(to: Request(.get, path))
        #expect(response.status == 404)
        #expect(text(response).contains(#""code":"web.not_found""#))
    }

    /// IN-00
    @Test(arguments: [
        "", "*", "v1/sessions", "http://a/v1/sessions", "/v1/./sessions", "/v1/../v1/sessions", "/v1/sessions/%2e%2E",
        "/v1/sessions/%2e", "/v1/sessions/a%2Fb", "/v1/sessions/%00", "/v1/sessions/%0a", "/v1/sessions/%7F",
        "/v1/sessions/%", "/v1/sessions/%4", "/v1/sessions/%zz", "/v1/sessions/%+1", "/v1/sessions/%ff",
        "/v1/sessions/%c0%af", "/v1/sessions/%ed%a0%80", "/v1/sessions/å", "/v1/sessions/a b", "/v1/sessions\\a",
        "/v1/sessions#a", "/v1/sessions/\"", "/v1/sessions?a=%", "/v1/sessions?a=%ff", "/v1/sessions?a=#",
        "/v1/sessions?a=%00",
    ])
    func `a target that could mean two things is refused`(_ target: String) async {
        let response = await router(RouterTests.table).respond(to: Request(.get, target))
        #expect(response.status == 400)
        #expect(text(response).contains(#""code":"web.invalid_target""#))
    }

    @Test(arguments: [
        (Method.put, "GET, HEAD, POST"), (.delete, "GET, HEAD, POST"), (.options, "GET, HEAD, POST"),
        (.other("TRACE"), "GET, HEAD, POST"), (.other("QUERY"), "GET, HEAD, POST"), (.other("get"), "GET, HEAD, POST"),
    ])
    func `a method without a row names those that have one`(_ method: Method, _ allowed: String) async {
        let response = await router(RouterTests.table).respond(to: Request(method, "/v1/sessions"))
        #expect(response.status == 405)
        #expect(response.header("Allow") == allowed)
    }

    @Test func `a row may have OPTIONS and HEAD of its own`() async {
        let router = router([
            Route(.options, "/a", "options", .anybody, RouterTests.names),
            Route(.head, "/a", "head", .anybody, RouterTests.names),
            Route(.get, "/a", "get", .anybody, RouterTests.names),
        ])
        #expect(text(await router.respond(to: Request(.options, "/a"))) == "OPTIONS - anybody")
        #expect(text(await router.respond(to: Request(.head, "/a"))) == "HEAD - anybody")
    }

    /// OP-02
    @Test(arguments: ["/v1/users", "/v1/events"])
    func `a row that the caller may not use is not reached`(_ path: String) async {
        let response = await router(RouterTests.table).respond(to: Request(.get, path))
        #expect(response.status == 403)
        #expect(text(response).contains("test.forbidden"))
    }

    @Test(arguments: [
        ("application/json", 200), ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=\"UTF-8\"", 200),
        ("application/json; charset=latin1", 415), ("text/plain", 415), ("application/jsonx", 415), ("json", 415),
        ("application/json; boundary=a", 415), ("", 415),
    ])
    func `a body has to be JSON in UTF-8`(_ type: String, _ status: Int) async {
        let request = Request(.post, "/v1/sessions", headers: ["Content-Type": type], body: [0x7B, 0x7D])
        #expect(await router(RouterTests.table).respond(to: request).status == status)
    }

    @Test func `a body with two types or none is refused`() async {
        let router = router(RouterTests.table)
        let two: Headers = ["Content-Type": "application/json", "content-type": "application/json"]
        let none = await router.respond(to: Request(.post, "/v1/sessions", body: [0x7B, 0x7D]))
        let both = await router.respond(to: Request(.post, "/v1/sessions", headers: two, body: [0x7B, 0x7D]))
        #expect([none.status, both.status] == [415, 415])
        #expect(none.header("Accept") == "application/json")
    }

    @Test(arguments: [Method.get, .head, .delete])
    func `a body where none belongs is refused`(_ method: Method) async {
        let target = method == .delete ? "/v1/sessions/current" : "/v1/sessions"
        let request = Request(method, target, headers: ["Content-Type": "application/json"], body: [0x7B, 0x7D])
        let response = await router(RouterTests.table).respond(to: request)
        #expect(response.status == 400)
        #expect(text(response).contains("web.unexpected_body"))
    }

    @Test(arguments: [
        ("*/*", 200), ("application/*", 200), ("application/json", 200), ("application/problem+json", 200),
        ("text/html, application/json;q=0.5", 200), ("text/html, */*;q=0.1", 200), ("application/json;q=0", 406),
        ("text/html", 406), ("application/jsonx", 406), ("text/*", 406), ("nonsense", 200), ("", 200),
    ])
    func `an answer the caller cannot take is not made`(_ accept: String, _ status: Int) async {
        let request = Request(.get, "/v1/sessions", headers: ["Accept": accept])
        #expect(await router(RouterTests.table).respond(to: request).status == status)
    }

    @Test(arguments: [
        ("?a=1&b=2", 200), ("?b=", 200), ("?a", 200), ("", 200), ("?", 200), ("?c=1", 400), ("?a=1&a=1", 400),
        ("?a=1&%61=2", 400), ("?A=1", 400), ("?=1", 400),
    ])
    func `a query has to be the row's, each name once`(_ query: String, _ status: Int) async {
        let router = router([Route(.get, "/a", "a", .anybody, RouterTests.names).query("a", "b")])
        let response = await router.respond(to: Request(.get, "/a" + query))
        #expect(response.status == status)
        #expect(status == 200 || text(response).contains("web.invalid_query"))
    }

    @Test func `what a handler throws becomes a problem`() async {
        let router = router([
            Route(.get, "/problem", "problem", .anybody) { _ in throw Problem(status: 410, code: "test.gone") },
            Route(.get, "/mapped", "mapped", .anybody) { _ in throw Refused() },
            Route(.get, "/json", "json", .anybody) { _ in throw JSONError(pointer: "/a/0", reason: "is wrong") },
            Route(.get, "/id", "id", .anybody) { call in .text(200, try call.parameter("x") { $0 }) },
        ])
        var answers: [String] = []
        for path in ["/problem", "/mapped", "/json", "/id"] {
            let response = await router.respond(to: Request(.get, path))
            #expect(response.header("Content-Type") == "application/problem+json")
            answers.append("\(response.status) \(text(response).contains("\"code\":\"test.") ? "test" : "web")")
        }
        #expect(answers == ["410 test", "409 test", "400 web", "404 web"])
        let json = await router.respond(to: Request(.get, "/json"))
        #expect(text(json).contains(#""pointer":"/a/0""#))
    }

    /// PR-02
    @Test func `an error nobody knows is a bare 500, and the log has its kind but not its words`() async throws {
        let router = router([
            Route(.get, "/a", "broken", .anybody) { _ in throw Domain.broken("ada@example.org") }
        ])
        let headers: Headers = ["Latchkey-Request-Id": "mine"]
        let response = await router.respond(to: Request(.get, "/a", headers: headers))
        #expect(
            text(response)
                == #"{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal","requestId":"mine"}"#
        )
        let line = try #require(lines.withLock { $0.first })
        #expect(line.contains("Domain.broken") && line.contains(#""requestId":"mine""#))
        #expect(!line.contains("ada"))
    }

    @Test func `every answer carries the standard fields`() async {
        let router = router(
            RouterTests.table + [
                Route(.get, "/cached", "cached", .anybody) { _ in
                    .text(200, "a").header("Cache-Control", "public, max-age=60")
                }
            ])
        for path in ["/", "/nowhere", "//", "/v1/users"] {
            let response = await router.respond(to: Request(.get, path))
            #expect(response.header("Cache-Control") == "no-store")
            #expect(response.header("X-Content-Type-Options") == "nosniff")
            #expect(response.header("Latchkey-Request-Id")?.utf8.count == 32)
        }
        let cached = await router.respond(to: Request(.get, "/cached"))
        #expect(cached.headers.filter { $0.0 == "Cache-Control" }.map(\.1) == ["public, max-age=60"])
    }

    /// PR-02
    @Test func `a request is logged and counted by its operation, never by its path`() async throws {
        let router = router(RouterTests.table)
        _ = await router.respond(to: Request(.get, "/v1/sessions/some-id"))
        _ = await router.respond(to: Request(.get, "/secret/path"))
        let written = lines.withLock { $0 }
        #expect(written.count == 2)
        #expect(written[0].contains(#""operation":"session""#) && written[0].contains(#""status":200"#))
        #expect(!written.joined().contains("some-id") && !written.joined().contains("secret"))
        let text = metrics.render()
        #expect(text.contains(#"http_requests_total{operation="session",status="200"} 1"#))
        #expect(text.contains(#"http_requests_total{operation="none",status="404"} 1"#))
        #expect(text.contains(#"http_request_duration_seconds_count{operation="session"} 1"#))
    }

    @Test func `a quiet row is counted but not logged`() async {
        let router = router([Route(.get, "/healthz", "health", .anybody, RouterTests.names).quiet()])
        _ = await router.respond(to: Request(.get, "/healthz"))
        #expect(lines.withLock { $0 }.isEmpty)
        #expect(metrics.render().contains(#"http_requests_total{operation="health",status="200"} 1"#))
    }
}

extension String {
    /// The text with its bytes outside ASCII percent-encoded.
    fileprivate var encodedForTest: String {
        utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "%" + String($0, radix: 16) }.joined()
    }
}
