import StrictJSON
import Testing
import Web

/// What handlers read from a request.
struct RequestReadingTests {
    private func code(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "none"
        } catch let problem as Problem {
            return "\(problem.status) \(problem.code)"
        } catch {
            return "\(error)"
        }
    }

    /// IN-01
    @Test(arguments: [
        ("{\"a\":1}", "none"), ("", "400 web.body_required"), ("{\"a\":1,\"a\":2}", "400 web.invalid_body"),
        ("[]", "400 web.invalid_body"), ("{\"a\":1} ", "none"), ("{\"a\":1}x", "400 web.invalid_body"),
        ("{\"a\":[[[[]]]]}", "400 web.invalid_body"), ("{'a':1}", "400 web.invalid_body"),
    ])
    func `a JSON body is read strictly`(_ body: String, _ expected: String) {
        let request = Request(.post, "/", headers: ["Content-Type": "application/json"], body: Array(body.utf8))
        #expect(code { try request.json(maximumDepth: 4) } == expected)
    }

    @Test func `a body of another type is no JSON`() {
        #expect(code { try Request(.post, "/", body: [0x7B, 0x7D]).json() } == "415 web.unsupported_media_type")
    }

    @Test(arguments: [
        ("Bearer abc", "abc"), ("bearer abc.def-_~+/==", "abc.def-_~+/=="), ("Bearer", nil), ("Bearer ", nil),
        ("Bearer  abc", nil), ("Bearer abc def", nil), ("Basic abc", nil), ("Bearer a=b", nil), ("Bearer =", nil),
        ("Bearer ab,c", nil), ("Bearerabc", nil), ("Bearer\tabc", nil),
    ])
    func `a bearer token is read as RFC 6750 writes it`(_ value: String, _ expected: String?) {
        #expect(Request(.get, "/", headers: ["authorization": value]).bearerToken() == expected)
    }

    /// TK-02
    @Test func `two Authorization fields are none`() {
        let request = Request(.get, "/", headers: ["Authorization": "Bearer a", "Authorization": "Bearer b"])
        #expect(request.bearerToken() == nil)
    }

    /// CR-03
    @Test(arguments: [
        ([], "400 web.idempotency_key_required"), (["a"], "none"), ([""], "400 web.invalid_idempotency_key"),
        (["a b"], "400 web.invalid_idempotency_key"), (["å"], "400 web.invalid_idempotency_key"),
        (["a", "a"], "400 web.invalid_idempotency_key"), ([String(repeating: "k", count: 255)], "none"),
        ([String(repeating: "k", count: 256)], "400 web.invalid_idempotency_key"),
    ])
    func `an idempotency key is visible ASCII, given once`(_ values: [String], _ expected: String) {
        let request = Request(.post, "/", headers: Headers(values.map { ("Idempotency-Key", $0) }))
        #expect(code { try request.idempotencyKey() } == expected)
    }

    @Test(arguments: [
        ("", 50, "none"), ("?limit=1", 1, "none"), ("?limit=200", 200, "none"),
        ("?limit=0", 0, "400 web.invalid_query"),
        ("?limit=201", 0, "400 web.invalid_query"), ("?limit=%2B5", 0, "400 web.invalid_query"),
        ("?limit=-1", 0, "400 web.invalid_query"), ("?limit=", 0, "400 web.invalid_query"),
        ("?limit=99999999999999999999", 0, "400 web.invalid_query"), ("?limit=1&limit=2", 0, "400 web.invalid_query"),
        ("?limit=%D9%A1", 0, "400 web.invalid_query"), ("?cursor=", 0, "400 web.invalid_cursor"),
    ])
    func `a page has a limit in range`(_ query: String, _ limit: Int, _ expected: String) {
        let request = Request(.get, "/" + query)
        #expect(code { try request.page() } == expected)
        if expected == "none" { #expect((try? request.page())?.limit == limit) }
    }

    @Test(
        arguments: [[], [.integer(1)], [.string("Åsa"), .integer(-5), .null], [.string("a/b+c?"), .bool(true)]]
            as [[JSON]])
    func `a cursor comes back as it was made`(_ keys: [JSON]) throws {
        let text = Cursor.encode(keys)
        #expect(
            text.utf8.allSatisfy {
                Array("-_".utf8).contains($0) || UnicodeScalar($0).properties.isAlphabetic || (0x30...0x39).contains($0)
            })
        #expect(try Cursor.decode(text) == keys)
        #expect(try Request(.get, "/?cursor=" + text).page().keys == keys)
    }

    @Test(arguments: ["", "A", "WzFd=", "WzFe", "W3sx", "!!!!", "eyJhIjoxfQ", "WzFd ", "W1sxXV0x", "WzFdAA"])
    func `a cursor nobody made is refused`(_ text: String) {
        #expect(code { try Cursor.decode(text) } == "400 web.invalid_cursor")
    }

    @Test func `a cursor cannot be made deep or long`() {
        let deep = Cursor.encode([.array([.array([])])])
        let long = Cursor.encode([.string(String(repeating: "a", count: 1_000))])
        #expect(code { try Cursor.decode(deep) } == "400 web.invalid_cursor")
        #expect(code { try Cursor.decode(long) } == "400 web.invalid_cursor")
    }

    @Test func `a query is decoded once, and a plus is a space`() throws {
        let request = Request(.get, "/?q=a%2Bb+c%2525&r=%C3%A5")
        #expect(try request.query("q") == "a+b c%25")
        #expect(try request.query("r") == "å")
        #expect(try request.query("s") == nil)
    }

    @Test func `a problem has the members of RFC 9457 and its own`() {
        let problem = Problem(status: 409, code: "test.conflict", title: "Held", detail: "Somebody else has it.")
            .at("/a").member("left", 2).header("Retry-After", "3")
        let response = Response.problem(problem, requestID: nil)
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == #"{"type":"about:blank","title":"Held","status":409,"detail":"Somebody else has it.","code":"test.conflict","pointer":"/a","left":2}"#
        )
        #expect(response.header("retry-after") == "3")
    }

    /// Canonical equivalence and other cases must not make two names one.
    @Test func `field names compare without ASCII case only`() {
        let headers: Headers = ["X-\u{212A}ey": "kelvin", "x-key": "k"]
        #expect(headers["X-Key"] == "k")
        #expect(headers["X-KEY"] == "k")
        #expect(headers.values("x-kEy") == ["k"])
    }
}
