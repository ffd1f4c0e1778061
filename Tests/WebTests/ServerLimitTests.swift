import HTTPServer
import Observability
import Platform
import TestSupport
import Testing
import Web

/// IN-00, IN-01: sizes and deadlines of the socket server.
struct ServerLimitTests {
    private static func head(ofSize size: Int) -> String {
        let start = "GET /ok HTTP/1.1\r\nHost: a\r\n"
        var fields = ""
        while start.utf8.count + fields.utf8.count + 2 < size - 600 {
            fields += "X-Filler: \(String(repeating: "x", count: 400))\r\n"
        }
        let rest = size - start.utf8.count - fields.utf8.count - "X: \r\n\r\n".utf8.count
        return start + fields + "X: " + String(repeating: "y", count: rest) + "\r\n\r\n"
    }

    private static func status(_ server: TestServer, _ text: String, pieces: Int = .max) async throws -> Int? {
        try await onThread {
            let client = try RawClient(port: server.port)
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                client.send(bytes[start..<min(start.addingReportingOverflow(pieces).partialValue, bytes.count)])
            }
            return try client.answer()?.status
        }
    }

    /// IN-00
    @Test(arguments: [(16_384, 200), (16_385, 431), (20_000, 431), (100_000, 431)])
    func `a head of 16 KiB is read and a longer one answered with 431`(_ size: Int, _ expected: Int) async throws {
        let server = try TestServer()
        let head = ServerLimitTests.head(ofSize: size)
        #expect(head.utf8.count == size)
        #expect(try await ServerLimitTests.status(server, head) == expected)
    }

    /// IN-00: the library's buffer grows while such a head arrives.
    @Test func `a head of 16 KiB in pieces is read`() async throws {
        let server = try TestServer()
        #expect(try await ServerLimitTests.status(server, ServerLimitTests.head(ofSize: 16_384), pieces: 97) == 200)
    }

    /// IN-00
    @Test(arguments: [(2_048, 404), (2_049, 414), (40_000, 414)])
    func `a target of 2 KiB is read and a longer one answered with 414`(_ size: Int, _ expected: Int) async throws {
        let server = try TestServer()
        let target = "/" + String(repeating: "a", count: size - 1)
        #expect(try await ServerLimitTests.status(server, "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n") == expected)
    }

    /// IN-01
    @Test func `a body of 64 KiB is read whole`() async throws {
        let server = try TestServer()
        let body = String(repeating: "z", count: 65_536)
        let head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
        let chunk = "8000\r\n\(body.prefix(32_768))\r\n"
        let statuses = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(head + "Content-Length: 65536\r\n\r\n" + body)
            let first = try client.answer()?.status
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
            return [first, try client.answer()?.status]
        }
        #expect(statuses == [200, 200])
        #expect(server.requests == ["POST /post |" + body, "POST /post |" + body])
    }

    /// IN-01: what is announced too long is refused before the body is sent.
    @Test(arguments: ["", "Expect: 100-continue\r\n"])
    func `a body announced longer is answered with 413 before it comes`(_ expect: String) async throws {
        let server = try TestServer()
        let head =
            "POST /post HTTP/1.1\r\nHost: a\r\n\(expect)Content-Type: text/plain\r\nContent-Length: 65537\r\n\r\n"
        let answers = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(head)
            return try client.answers()
        }
        #expect(answers.map(\.status) == [413])
        #expect(answers.first?.header("Connection") == "close")
        #expect(server.requests == [])
    }

    /// IN-01: a chunked body is counted as it comes.
    @Test func `a chunked body that grows longer is answered with 413`() async throws {
        let server = try TestServer()
        let head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "8000\r\n\(String(repeating: "z", count: 32_768))\r\n"
        let statuses = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(head + chunk + chunk + "1\r\nz\r\n0\r\n\r\n")
            return try client.answers().map(\.status)
        }
        #expect(statuses == [413])
        #expect(server.requests == [])
    }

    /// IN-01
    @Test func `a chunked body without end is hung up on`() async throws {
        let server = try TestServer()
        let head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "8000\r\n\(String(repeating: "z", count: 32_768))\r\n"
        let ended = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(head)
            for _ in 0..<64 { client.send(chunk) }
            return try client.endsWithoutMore()
        }
        #expect(ended)
        #expect(server.requests == [])
    }

    /// RFC 9110 §10.1.1
    @Test func `a body that waits for 100 is asked for`() async throws {
        let server = try TestServer()
        let head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
        let (isAsked, answer) = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(head + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let isAsked = try client.waits(for: "100 Continue\r\n\r\n")
            client.send("hello")
            return (isAsked, try client.answer())
        }
        #expect(isAsked)
        #expect(answer?.body == "POST /post |hello")
    }

    /// IN-00: the library's own timeout would be pushed back by every byte.
    @Test(arguments: [
        "GET /ok HTTP/1.1\r\nHost: a\r\nX: ", "GET /o", "",
    ])
    func `a head that comes byte by byte is cut at its deadline`(_ start: String) async throws {
        let server = try TestServer { $0.headDeadline = .milliseconds(600) }
        #expect(try await isCut(server, after: start))
        #expect(server.requests == [])
    }

    /// IN-00
    @Test func `a further head that comes byte by byte is cut at its deadline`() async throws {
        let server = try TestServer { $0.headDeadline = .milliseconds(600) }
        #expect(try await isCut(server, after: "GET /ok HTTP/1.1\r\nHost: a\r\n\r\nGET /s"))
        #expect(server.requests == ["GET /ok |"])
    }

    /// IN-00
    @Test func `a body that comes byte by byte is cut at its deadline`() async throws {
        let server = try TestServer { $0.bodyDeadline = .milliseconds(600) }
        let head = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n"
        #expect(try await isCut(server, after: head))
        #expect(server.requests == [])
    }

    /// IN-00
    @Test func `a connection without a request is closed when its time is over`() async throws {
        let server = try TestServer { $0.idleDeadline = .milliseconds(600) }
        let ended = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.answer()
            return try client.endsWithoutMore()
        }
        #expect(ended)
    }

    /// Sends a byte every 50 ms for ten seconds at most, until the server hangs up.
    private func isCut(_ server: TestServer, after start: String) async throws -> Bool {
        try await onThread {
            let client = try RawClient(port: server.port)
            client.send(start)
            return client.dribbles(for: .seconds(10), every: .milliseconds(50))
        }
    }

    /// ST-02 asks the same of the services: a caller is told, not left waiting.
    @Test func `a handler that takes too long is answered for with 503`() async throws {
        let server = try TestServer { $0.handlerDeadline = .milliseconds(300) }
        let answer = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            return try client.answer()
        }
        #expect(answer?.status == 503)
        #expect(answer?.header("Retry-After") != nil)
        #expect(answer?.header("Latchkey-Request-Id") != nil)
        #expect(answer?.body.contains("web.deadline_passed") == true)
        server.release()
        #expect(await server.server.drain(deadline: .seconds(10)))
    }
}
