import Testing

/// IN-00: heads that two readers could understand differently.
struct HeadCheckTests {
    /// IN-00
    @Test(arguments: RequestCorpus.legal)
    func `a legal request is served and the next one begins where it ends`(_ example: CorpusCase) async throws {
        let server = try TestServer()
        let statuses = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(example.bytes + RequestCorpus.next.bytes)
            return try client.answers().map(\.status)
        }
        #expect(statuses == [200, 200])
        #expect(server.requests == example.meanings + [RequestCorpus.next.meaning])
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    /// IN-00
    @Test(arguments: RequestCorpus.refused)
    func `a head that could mean two things is refused and the connection closed`(_ example: CorpusCase) async throws {
        let server = try TestServer()
        let status = try await onThread {
            let client = try RawClient(port: server.port)
            client.send(example.bytes + RequestCorpus.next.bytes)
            let status = try client.answer()?.status ?? 0
            _ = try client.endsWithoutMore()
            return status
        }
        #expect(status == example.status)
        #expect(server.requests == [])
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    /// IN-00: the head check reads where the library parsed; it must hold however the bytes arrive.
    @Test(arguments: [1, 2, 7, 100])
    func `a legal head is served in whatever pieces it comes`(_ size: Int) async throws {
        let server = try TestServer()
        let filler = (0..<60).map { "X-Filler-\($0): \(String(repeating: "x", count: $0))\r\n" }.joined()
        let head = Array("GET /ok?a=1 HTTP/1.1\r\nHost: a\r\n\(filler)\r\n".utf8)
        let answers = try await onThread {
            let client = try RawClient(port: server.port)
            for _ in 0..<2 {
                for start in stride(from: 0, to: head.count, by: size) {
                    client.send(head[start..<min(start + size, head.count)])
                }
            }
            return [try client.answer(), try client.answer()]
        }
        #expect(answers.map { $0?.status } == [200, 200])
        #expect(answers.map { $0?.header("Seen-Fields") } == ["61", "61"])
    }

    /// IN-00
    @Test func `a refusal is a problem document`() async throws {
        let server = try TestServer()
        let answer = try await onThread {
            let client = try RawClient(port: server.port)
            client.send("GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            return try client.answer()
        }
        #expect(answer?.header("Content-Type") == "application/problem+json")
        #expect(answer?.header("Connection") == "close")
        #expect(answer?.header("Cache-Control") == "no-store")
        #expect(answer?.body.contains(#""code":"web.invalid_head""#) == true)
        #expect(server.metrics.render().contains(#"http_refused_requests_total{code="web.invalid_head"} 1"#))
    }
}
