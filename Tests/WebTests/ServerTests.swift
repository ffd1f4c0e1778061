import Glibc
import HTTPServer
import Observability
import Platform
import TestSupport
import Testing
import Web

/// What the socket server does with connections and answers.
struct ServerTests {
    private static let ok = "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `requests sent at once are answered in their order`() async throws {
        let server = try TestServer()
        let post = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
        let many =
            "GET /ok?a=1 HTTP/1.1\r\nHost: a\r\n\r\n" + post + "Content-Length: 3\r\n\r\ntwo" + post
            + "Transfer-Encoding: chunked\r\n\r\n2\r\nth\r\n3\r\nree\r\n0\r\n\r\n"
            + "GET /ok?a=4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let bodies = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(many)
            return try client.answers().map(\.body)
        }
        #expect(bodies == ["GET /ok a=1|", "POST /post |two", "POST /post |three", "GET /ok a=4|"])
    }

    @Test func `a slow handler keeps nobody else waiting`() async throws {
        let server = try TestServer { $0.threads = 1 }
        let slow = try (0..<8).map { _ in try RawClient(port: server.port) }
        for client in slow { client.send(ServerTests.slow) }
        try await server.waits(forRequests: 8)
        let status = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(ServerTests.ok)
            return try client.answer()?.status
        }
        #expect(status == 200)
        server.release()
        let statuses = try await onThread { try slow.map { try $0.answer()?.status } }
        #expect(statuses == [Int?](repeating: 200, count: 8))
    }

    @Test func `HEAD is answered like GET without the body`() async throws {
        let server = try TestServer()
        let (head, next) = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("HEAD /ok HTTP/1.1\r\nHost: a\r\n\r\n" + ServerTests.ok)
            return (try client.answer(toHead: true), try client.answer())
        }
        #expect(head?.status == 200)
        #expect(head?.header("Content-Length") == String("HEAD /ok |".utf8.count))
        #expect(next?.body == "GET /ok |")
    }

    @Test(arguments: ["TRACE", "QUERY", "OPTIONS", "CONNECT", "get", "DELETE"])
    func `a method without a row is answered with 405`(_ method: String) async throws {
        let server = try TestServer()
        let answer = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("\(method) /ok HTTP/1.1\r\nHost: a\r\n\r\n")
            return try client.answer()
        }
        #expect(answer?.status == 405)
        #expect(answer?.header("Allow") == "GET, HEAD")
    }

    @Test func `every answer carries the caller's request id`() async throws {
        let server = try TestServer()
        let answers = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("GET /ok HTTP/1.1\r\nHost: a\r\nLatchkey-Request-Id: mine-1\r\n\r\n")
            client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\nLatchkey-Request-Id: not mine\r\n\r\n")
            return [try client.answer(), try client.answer()]
        }
        #expect(answers[0]?.header("Latchkey-Request-Id") == "mine-1")
        let made = try #require(answers[1]?.header("Latchkey-Request-Id"))
        #expect(made.utf8.count == 32)
        #expect(answers[1]?.body.contains(#""requestId":"\#(made)""#) == true)
    }

    /// IN-00
    @Test(arguments: [
        (false, "203.0.113.9", "127.0.0.1"), (true, "203.0.113.9", "203.0.113.9"),
        (true, "198.51.100.1, 203.0.113.9", "203.0.113.9"), (true, "2001:db8::1", "2001:db8::1"),
        (true, "nonsense", "127.0.0.1"), (true, "", "127.0.0.1"),
    ])
    func `a forwarded address is believed behind a proxy only`(
        _ behindProxy: Bool, _ field: String, _ expected: String
    ) async throws {
        let server = try TestServer { $0.behindProxy = behindProxy }
        let answer = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("GET /ok HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(field)\r\n\r\n")
            return try client.answer()
        }
        #expect(answer?.header("Seen-Address") == expected)
    }

    /// IN-00
    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "128.0.0.1"])
    func `an address that others can reach is refused without a proxy`(_ address: String) {
        #expect(throws: HTTPServerError.notLoopback(address)) { try TestServer { $0.address = address } }
    }

    @Test(arguments: ["localhost", "127.0.0.1 ", "", "127.1"])
    func `an address has to be in digits`(_ address: String) {
        #expect(throws: HTTPServerError.invalidAddress(address)) { try TestServer { $0.address = address } }
    }

    @Test func `a port that is taken is reported`() throws {
        let server = try TestServer()
        #expect(throws: HTTPServerError.cannotListen(errno: EADDRINUSE)) { try TestServer { $0.port = server.port } }
    }

    /// CR-06: a suspended connection whose peer is gone is found when its answer is sent.
    @Test func `clients that go away while their handler runs leave nothing behind`() async throws {
        let server = try TestServer()
        for round in 1...4 {
            let clients = try (0..<50).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send(ServerTests.slow) }
            try await server.waits(forRequests: 50 * round)
            for client in clients { client.reset() }
        }
        server.release()
        try await waitUntil("closed connections") { server.server.openConnections == 0 }
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    @Test func `a client that says it will send no more is let go`() async throws {
        let server = try TestServer()
        let ended = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(ServerTests.ok)
            client.finishSending()
            _ = try client.answer()
            return try client.endsWithoutMore()
        }
        #expect(ended)
    }

    @Test func `a drain refuses new connections and finishes what runs`() async throws {
        let server = try TestServer()
        let client = try RawClient(port: server.port)
        client.send(ServerTests.slow)
        try await server.waits(forRequests: 1)
        async let isDrained = server.server.drain(deadline: .seconds(10))
        try await waitUntil("refusal") { (try? RawClient(port: server.port)) == nil }
        server.release()
        #expect(await isDrained)
        let (answer, isClosed) = try await onThread { (try client.answer(), try client.endsWithoutMore()) }
        #expect(answer?.status == 200)
        #expect(answer?.body == "GET /slow |")
        #expect(answer?.header("Connection")?.lowercased() == "close")
        #expect(isClosed)
    }

    @Test func `a drain with a request that does not end says so`() async throws {
        let server = try TestServer()
        let client = try RawClient(port: server.port)
        client.send(ServerTests.slow)
        try await server.waits(forRequests: 1)
        #expect(await server.server.drain(deadline: .milliseconds(50)) == false)
        server.release()
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    @Test func `a drain closes connections that wait for a request`() async throws {
        let server = try TestServer()
        let client = try RawClient(port: server.port)
        client.send(ServerTests.ok)
        try await server.waits(forRequests: 1)
        #expect(await server.server.drain(deadline: .seconds(10)))
        let (answer, isClosed) = try await onThread { (try client.answer(), try client.endsWithoutMore()) }
        #expect(answer?.status == 200)
        #expect(isClosed)
    }

    @Test func `a field that would break the answer's head makes it a 500`() async throws {
        let server = HTTPServer(HTTPServerSettings(), log: .silent, metrics: Metrics()) { _ in
            Response.text(200, "secret").header("X", "a\r\nSet-Cookie: b")
        }
        let port = try server.start()
        let answer = try await onThread {
            let client = try RawClient(port: port)
            client.send(ServerTests.ok)
            return try client.answer()
        }
        #expect(answer?.status == 500)
        #expect(answer?.body == "")
        #expect(await server.drain(deadline: .seconds(10)))
    }

    @Test(arguments: [204, 304])
    func `an answer without a body has none`(_ status: Int) async throws {
        let server = HTTPServer(HTTPServerSettings(), log: .silent, metrics: Metrics()) { _ in .empty(status) }
        let port = try server.start()
        let statuses = try await onThread {
            let client = try RawClient(port: port)
            client.send(ServerTests.ok + ServerTests.ok)
            return [try client.answer()?.status, try client.answer()?.status]
        }
        #expect(statuses == [status, status])
    }
}
