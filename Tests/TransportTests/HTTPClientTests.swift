import Glibc
import Model
import TestSupport
import Testing

@testable import Transport

@Suite struct HTTPClientTests {
    private let server: KitServer
    private let client = HTTPClient(threads: 2)

    init() throws {
        server = try KitServer("http-echo.py")
    }

    private func url(_ path: String) -> String { "http://127.0.0.1:\(server.port)\(path)" }

    /// In a process of its own, since the environment is everybody's.
    @Test func `a proxy in the environment is not asked`() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            let server = try KitServer("http-echo.py")
            let request = HTTPRequest("GET", "http://127.0.0.1:\(server.port)/")
            let response = try await HTTPClient(threads: 1).send(request)
            #expect(response.status == 200)
        }
    }

    @Test func `a request arrives as it was written`() async throws {
        let body = Array("{\"a\": 1}".utf8)
        let headers = [("Content-Type", "application/json"), ("X-Trace", "t1"), ("X-Empty", "")]
        let response = try await client.send(HTTPRequest("POST", url("/v1/x?y=1"), headers: headers, body: body))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(response.status == 200)
        #expect(text.hasPrefix("POST /v1/x?y=1 HTTP/1.1\n"))
        #expect(text.contains("Content-Type: application/json\n"))
        #expect(text.contains("X-Trace: t1\n"))
        #expect(text.contains("X-Empty: \n"))
        #expect(text.contains("User-Agent: latchkey\n"))
        #expect(text.contains("Content-Length: 8\n"))
        #expect(!text.contains("Expect"))
        #expect(text.hasSuffix("\n\n{\"a\": 1}"))
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func `every method gets through, with an empty body and with none`(method: String) async throws {
        for body in [nil, []] as [[UInt8]?] where body == nil || !["GET", "HEAD"].contains(method) {
            let response = try await client.send(HTTPRequest(method, url("/"), body: body))
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(response.status == 200)
            #expect(method == "HEAD" ? text.isEmpty : text.hasPrefix("\(method) / HTTP/1.1\n"))
            #expect(!text.contains("Content-Type"))
            #expect(text.contains("Content-Length: 0") == ["POST", "PUT", "PATCH"].contains(method) || body != nil)
        }
    }

    @Test func `a header is found whatever its case`() async throws {
        let response = try await client.send(HTTPRequest("GET", url("/")))
        #expect(response.header("PEER-PORT") != nil)
        #expect(response.header("peer-ports") == nil)
    }

    @Test func `a connection is used again`() async throws {
        var ports: Set<String?> = []
        for _ in 0..<3 { ports.insert(try await client.send(HTTPRequest("GET", url("/"))).header("peer-port")) }
        #expect(ports.count == 1)
    }

    @Test func `what must not be sent twice has a connection of its own`() async throws {
        var ports: Set<String?> = [try await client.send(HTTPRequest("GET", url("/"))).header("peer-port")]
        for _ in 0..<2 {
            var request = HTTPRequest("PATCH", url("/"))
            request.wantsNewConnection = true
            ports.insert(try await client.send(request).header("peer-port"))
        }
        #expect(ports.count == 3)
    }

    @Test func `a redirect is handed to the caller`() async throws {
        let response = try await client.send(HTTPRequest("GET", url("/redirect")))
        #expect(response.status == 302)
        #expect(response.header("location") == "/elsewhere")
    }

    @Test func `an answer past the bound is refused and one at the bound is taken`() async throws {
        let client = HTTPClient(threads: 1, maximumBody: 1_000)
        #expect(try await client.send(HTTPRequest("GET", url("/bytes/1000"))).body.count == 1_000)
        await #expect(throws: TransportError.tooLarge) {
            try await client.send(HTTPRequest("GET", url("/bytes/1001")))
        }
    }

    @Test func `a slow answer ends at the deadline, and waiting for a thread counts`() async throws {
        let client = HTTPClient(threads: 1)
        let slow = HTTPRequest("GET", url("/slow/1500"), deadline: .milliseconds(300))
        let tries = (1...2).map { _ in Task { try await client.send(slow) } }
        for one in tries {
            await #expect(throws: TransportError.timedOut) { try await one.value }
        }
    }

    @Test func `a refused and a dropped connection are unreachable`() async throws {
        await #expect(throws: TransportError.unreachable) {
            try await client.send(HTTPRequest("GET", "http://127.0.0.1:\(freePort())/"))
        }
        await #expect(throws: TransportError.unreachable) {
            try await client.send(HTTPRequest("GET", url("/drop")))
        }
    }

    @Test(arguments: ["file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://u:p@127.0.0.1/"])
    func `other schemes and users in the URL are refused`(url: String) async throws {
        await #expect { try await client.send(HTTPRequest("GET", url)) } throws: { error in
            guard case TransportError.failed = error else { return false }
            return true
        }
    }

    /// IN-03 for the fields of a request.
    @Test(arguments: [("A\r\nB", "x"), ("A B", "x"), ("", "x"), ("A", "x\r\nB: y"), ("A", "x\u{0}"), ("A", "x\n")])
    func `a field that would become two is refused`(field: (String, String)) async throws {
        await #expect { try await client.send(HTTPRequest("GET", url("/"), headers: [field])) } throws: { error in
            guard case TransportError.failed = error else { return false }
            return true
        }
    }

    @Test func `credentials go as basic authorization`() async throws {
        var request = HTTPRequest("GET", url("/"))
        request.credentials = .init(username: "user", password: Secret("pass:word"))
        let text = String(decoding: try await client.send(request).body, as: UTF8.self)
        #expect(text.contains("Authorization: Basic dXNlcjpwYXNzOndvcmQ=\n"))
        let next = String(decoding: try await client.send(HTTPRequest("GET", url("/"))).body, as: UTF8.self)
        #expect(!next.contains("Authorization"))
    }

    @Test func `a certificate is checked against the authority and the name`() async throws {
        let certificates = try TestCertificates()
        let secure = try KitServer("http-echo.py", certificates.arguments)
        let request = HTTPRequest("GET", "https://localhost:\(secure.port)/")
        let trusting = HTTPClient(threads: 1, caFile: certificates.authority)
        #expect(try await trusting.send(request).status == 200)

        let misnamed = try TestCertificates(names: "DNS:other.example.org")
        let wrong = try KitServer("http-echo.py", misnamed.arguments)
        let wrongName = HTTPRequest("GET", "https://localhost:\(wrong.port)/")
        for (client, request) in [
            (client, request), (HTTPClient(threads: 1, caFile: misnamed.authority), wrongName),
        ] {
            await #expect { try await client.send(request) } throws: { error in
                guard case TransportError.tls = error else { return false }
                return true
            }
        }
    }

    @Test func `a connection that stalls or is cut fails in time`() async throws {
        let folder = TemporaryFolder()
        let mode = folder.write("mode", "ok")
        let proxy = try KitServer("fault-proxy.py", ["\(server.port)", mode])
        let request = HTTPRequest("GET", "http://127.0.0.1:\(proxy.port)/bytes/5000", deadline: .milliseconds(500))
        #expect(try await client.send(request).body.count == 5_000)
        folder.write("mode", "stall")
        await #expect(throws: TransportError.timedOut) { try await client.send(request) }
        folder.write("mode", "cut 1000")
        await #expect(throws: TransportError.unreachable) { try await client.send(request) }
        folder.write("mode", "ok")
        #expect(try await client.send(request).body.count == 5_000)
    }
}
