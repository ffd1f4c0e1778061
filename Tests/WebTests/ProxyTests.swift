import TestSupport
import Testing
import Web

/// IN-00: the sample reverse proxy and the server behind it, over TLS.
struct ProxyTests {
    private static let host = RequestCorpus.host

    private static func get(_ path: String, _ fields: String = "") -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(fields)Connection: close\r\n\r\n".utf8)
    }

    /// IN-00: the same requests as `HeadCheckTests` sends to the server alone.
    @Test func `no request is read differently behind the sample proxy`() async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let end = [RequestCorpus.next.meaning]
        for example in RequestCorpus.legal + RequestCorpus.refused {
            let before = server.requests.count
            let text = try await onThread {
                try proxy.exchange(example.bytes + RequestCorpus.next.bytes, with: ProxyTests.host)
            }
            let seen = Array(server.requests[before...])
            let allowed =
                example.status == 200
                ? [example.meanings + end] : [[], end, example.meanings, example.meanings + end]
            #expect(allowed.contains(seen), "\(example): \(seen) \(text)")
        }
        #expect(proxy.errors.contains("client sent"))
    }

    /// IN-00
    @Test func `the service sees the client's address and nobody else's word for it`() async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let text = try await onThread {
            try proxy.exchange(
                ProxyTests.get("/ok", "X-Forwarded-For: 203.0.113.9\r\nX_Odd: a\r\nForwarded: for=203.0.113.9\r\n"),
                with: ProxyTests.host)
        }
        #expect(text.contains("Seen-Address: 127.0.0.1\r\n"))
        #expect(text.contains("Seen-Fields: 2\r\n"))
        #expect(text.contains("Strict-Transport-Security: max-age="))
        #expect(text.contains("Latchkey-Request-Id: "))
    }

    /// IN-00: what could be read in two ways goes to the service as it came, and the service refuses it.
    @Test(arguments: ["/../ok", "/x/%2e%2e/ok", "/%2Fok", "//ok", "/ok%00", "/ok%0d%0aX:%20a"])
    func `an ambiguous path does not become a plain one`(_ path: String) async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let text = try await onThread { try proxy.exchange(ProxyTests.get(path), with: ProxyTests.host) }
        #expect(text.hasPrefix("HTTP/1.1 400 ") || text.hasPrefix("HTTP/1.1 404 "), "\(text)")
        #expect(server.requests == [])
    }

    @Test(arguments: ["/metrics", "/%6detrics", "/./metrics", "//metrics", "/x/../metrics"])
    func `metrics stay inside`(_ path: String) async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let text = try await onThread { try proxy.exchange(ProxyTests.get(path), with: ProxyTests.host) }
        #expect(text.hasPrefix("HTTP/1.1 404 "))
        #expect(!text.contains("Latchkey-Request-Id"))
    }

    /// IN-01
    @Test func `a body that is too long is refused in front of the service`() async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let head = "POST /post HTTP/1.1\r\nHost: \(ProxyTests.host)\r\nContent-Type: text/plain\r\n"
        let text = try await onThread {
            try proxy.exchange(Array((head + "Content-Length: 70000\r\n\r\n").utf8), with: ProxyTests.host)
        }
        #expect(text.hasPrefix("HTTP/1.1 413 "))
        #expect(text.contains("Content-Type: application/problem+json"))
        #expect(text.contains("web.body_too_large"))
        #expect(server.requests == [])
    }

    @Test func `a service that is down is answered for with 503`() async throws {
        let port = freePort()
        let proxy = try ReverseProxy(auth: port, helpdesk: port)
        let text = try await onThread { try proxy.exchange(ProxyTests.get("/ok"), with: ProxyTests.host) }
        #expect(text.hasPrefix("HTTP/1.1 503 "))
        #expect(text.contains("Retry-After: 5\r\n"))
        #expect(text.contains("web.unavailable"))
    }

    @Test func `each name leads to its service and an unknown name gets no certificate`() async throws {
        let (auth, helpdesk) = (try TestServer { $0.behindProxy = true }, try TestServer { $0.behindProxy = true })
        let proxy = try ReverseProxy(auth: auth.port, helpdesk: helpdesk.port)
        let texts = try await onThread {
            let bytes = Array("GET /ok HTTP/1.1\r\nHost: auth.example.org\r\nConnection: close\r\n\r\n".utf8)
            return [
                try proxy.exchange(bytes, with: "auth.example.org"),
                try proxy.exchange(bytes, with: "other.example.org"),
            ]
        }
        #expect(texts[0].hasPrefix("HTTP/1.1 200 "))
        #expect(texts[1] == "")
        #expect(auth.requests.count == 1)
        #expect(helpdesk.requests.isEmpty)
    }

    @Test(arguments: [("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)])
    func `TLS begins with 1_2`(_ version: String, _ isTaken: Bool) async throws {
        let server = try TestServer { $0.behindProxy = true }
        let proxy = try ReverseProxy(auth: server.port, helpdesk: server.port)
        let text = try await onThread {
            try proxy.exchange(
                ProxyTests.get("/ok"), with: ProxyTests.host, [version, "-cipher", "ALL:@SECLEVEL=0"])
        }
        #expect(text.hasPrefix("HTTP/1.1 200 ") == isTaken)
    }
}
