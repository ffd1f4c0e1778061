import HTTPServer
import Observability
import Platform
import TestSupport
import Testing
import Web

/// Bodies that are made while they are sent.
struct StreamTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func `a body of many pieces arrives whole, in order and in chunks`() async throws {
        let server = try streaming { pipe in
            for number in 0..<100 { try await pipe.send(piece(number)) }
        }
        let answer = try await fetch(server)
        #expect(answer.isWhole)
        #expect(answer.body == (0..<100).flatMap(piece))
    }

    @Test func `a maker slower than its reader is waited for, also past the handler's deadline`() async throws {
        let server = try streaming({ $0.handlerDeadline = .milliseconds(300) }) { pipe in
            for number in 0..<4 {
                try await pipe.send(piece(number))
                await SystemClock().sleep(for: .milliseconds(250))
            }
        }
        let answer = try await fetch(server)
        #expect(answer.isWhole)
        #expect(answer.body == (0..<4).flatMap(piece))
    }

    @Test func `an empty body is whole`() async throws {
        let server = try streaming { _ in }
        let answer = try await fetch(server)
        #expect(answer.isWhole)
        #expect(answer.body.isEmpty)
    }

    @Test func `a reader finds the end missing where the maker failed`() async throws {
        let server = try streaming { pipe in
            try await pipe.send(piece(1))
            throw BodyTestError.broken
        }
        let answer = try await fetch(server)
        #expect(!answer.isWhole)
    }

    @Test func `a reader that takes nothing holds the maker back, and ends it when the deadline passes`() async throws {
        let (sent, ended, bytes) = (Lock(0), Lock(false), piece(0))
        let server = try streaming({ $0.streamDeadline = .milliseconds(700) }) { pipe in
            defer { ended.withLock { $0 = true } }
            while true {
                try await pipe.send(bytes)
                sent.withLock { $0 += 1 }
            }
        }
        let client = try await onThread { try RawClient(port: server.port) }
        client.send(StreamTests.get)
        try await waitUntil("the maker to be ended") { ended.withLock { $0 } }
        // What the kernel's two buffers and the pipe hold, and not what a maker can make in most of a second.
        #expect(sent.withLock { $0 } * bytes.count < 16_000_000)
        try await waitUntil("the connection to be closed") { server.server.openConnections == 0 }
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    @Test(arguments: [true, false])
    func `a client that goes while nothing is sent ends the maker`(byReset: Bool) async throws {
        let (began, ended) = (Lock(false), Lock(false))
        let server = try streaming { pipe in
            defer { ended.withLock { $0 = true } }
            try await pipe.send(piece(0))
            began.withLock { $0 = true }
            while true {
                try pipe.stillMaking()
                await SystemClock().sleep(for: .milliseconds(20))
            }
        }
        let client = Lock<RawClient?>(try await onThread { try RawClient(port: server.port) })
        client.withLock { $0?.send(StreamTests.get) }
        try await waitUntil("the maker to begin") { began.withLock { $0 } }
        client.withLock { client in
            if byReset { client?.reset() }
            client = nil
        }
        try await waitUntil("the maker to be ended") { ended.withLock { $0 } }
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    @Test func `a maker that stands still is given up`() async throws {
        let gate = Gate()
        let server = try streaming({ $0.streamDeadline = .milliseconds(300) }) { pipe in
            try await pipe.send(piece(0))
            await gate.wait()
            try await pipe.send(piece(1))
        }
        let answer = try await fetch(server)
        #expect(!answer.isWhole)
        #expect(answer.body == piece(0))
        gate.open()
        #expect(await server.server.drain(deadline: .seconds(10)))
    }

    @Test func `a drain waits for a body and its maker`() async throws {
        let (began, ended) = (Lock(false), Lock(false))
        let gate = Gate()
        let server = try streaming { pipe in
            try await pipe.send(piece(0))
            began.withLock { $0 = true }
            await gate.wait()
            try await pipe.send(piece(1))
            ended.withLock { $0 = true }
        }
        async let answer = fetch(server)
        try await waitUntil("the maker to begin") { began.withLock { $0 } }
        async let drained = server.server.drain(deadline: .seconds(10))
        gate.open()
        #expect(try await answer.isWhole)
        #expect(await drained)
        #expect(ended.withLock { $0 })
    }

    @Test func `a drain breaks a body off that takes too long, and lets its maker put that down`() async throws {
        let (began, notes) = (Lock(false), Lock<[String]>([]))
        let server = try streaming { pipe in
            do {
                while true {
                    try await pipe.send(piece(0))
                    began.withLock { $0 = true }
                    await SystemClock().sleep(for: .milliseconds(20))
                }
            } catch {
                await SystemClock().sleep(for: .milliseconds(50))
                notes.withLock { $0.append("cut") }
                throw error
            }
        }
        async let answer = fetch(server)
        try await waitUntil("the maker to begin") { began.withLock { $0 } }
        #expect(await server.server.drain(deadline: .seconds(2)) == false)
        try await waitUntil("the maker's note") { notes.withLock { $0 } == ["cut"] }
        #expect(try await !answer.isWhole)
    }

    private func fetch(_ server: StreamServer) async throws -> ChunkedAnswer {
        try await onThread {
            let client = try RawClient(port: server.port)
            client.send(StreamTests.get)
            return try ChunkedAnswer(try client.everything())
        }
    }

    private func streaming(
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        _ produce: @escaping @Sendable (BodyPipe) async throws -> Void
    ) throws -> StreamServer {
        var settings = HTTPServerSettings()
        change(&settings)
        let server = HTTPServer(settings, log: .silent, metrics: Metrics()) { request in
            Response(status: 200, stream: BodyStream(produce)).standardized(requestID: request.requestID)
        }
        return StreamServer(server: server, port: try server.start())
    }
}

private enum BodyTestError: Error { case broken }

private struct StreamServer: Sendable {
    let server: HTTPServer
    let port: UInt16
}

/// 8,000 bytes that tell which piece they are of.
private func piece(_ number: Int) -> [UInt8] {
    Array(repeating: Array("piece \(1_000 + number % 1_000);".utf8), count: 800).flatMap { $0.prefix(10) }
}

/// An answer in chunks (RFC 9112 §7.1).
private struct ChunkedAnswer: Sendable {
    let body: [UInt8]
    /// Whether the last chunk came.
    let isWhole: Bool

    init(_ bytes: [UInt8]) throws {
        let text = bytes[...]
        let end = try #require(text.firstRange(of: [13, 10, 13, 10]))
        #expect(String(decoding: text[..<end.lowerBound], as: UTF8.self).contains("Transfer-Encoding: chunked"))
        var rest = text[end.upperBound...]
        var body: [UInt8] = []
        while let line = rest.firstRange(of: [13, 10]) {
            let size = try #require(Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16))
            rest = rest[line.upperBound...]
            if size == 0 {
                (self.body, isWhole) = (body, true)
                return
            }
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        (self.body, isWhole) = (body, false)
    }
}
