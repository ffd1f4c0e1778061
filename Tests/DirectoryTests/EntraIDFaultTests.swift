import Directory
import Model
import Platform
import StrictJSON
import TestSupport
import Testing

/// Microsoft's services when they are not well: each time a clear outcome, and the next call works by itself.
@Suite struct EntraIDFaultTests {
    private func isUnavailable(_ error: StoreError?) -> Bool {
        if case .unavailable = error { true } else { false }
    }

    @Test(arguments: [
        #""times": 2, "drop": "before""#, #""times": 2, "drop": "after""#, #""status": 500"#,
        #""status": 502, "code": "BadGateway""#,
        #""status": 504"#, #""status": 403, "code": "Authorization_RequestDenied""#, #""hang": 6"#,
    ]) func `a read that fails is unavailable, and the next one works`(fault: String) async throws {
        let directory = try await GraphTestDirectory(#"signIn: "passwordGrant", deadlineSeconds: 4"#)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        for match in ["batch", "oauth2"] {
            try await directory.state(.object(["revokeTokens": true]))
            try await directory.fault(try JSON.parse(Array(#"{"match": "\#(match)", \#(fault)}"#.utf8)))
            let error = await #expect(throws: StoreError.self) { try await directory.store.account(id) }
            #expect(isUnavailable(error), "\(match): \(String(describing: error))")
            try await directory.fault()
            #expect(try await directory.read(id).id == id)
        }
    }

    @Test func `an answer that takes its time is waited for inside the deadline`() async throws {
        let directory = try await GraphTestDirectory("deadlineSeconds: 5")
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.fault(.object(["match": "batch", "slow": 1]))
        #expect(try await directory.read(id).id == id)
    }

    @Test(arguments: ["batch", "oauth2", "domains"]) func `nonsense in place of JSON is never taken for an answer`(
        match: String
    ) async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.fault(.object(["match": .string(match), "nonsense": true]))
        if match == "domains" {
            #expect(try await directory.read(id).passwordExpires == .unknown)
            clock.advance(by: .seconds(61))
        } else {
            let error = await #expect(throws: StoreError.self) { try await directory.store.account(id) }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(try await directory.read(id).passwordExpires != .unknown)
    }

    @Test func `a storm of refusals for too many requests ends, as slowly as it was told`() async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        _ = try await directory.read(id)
        for match in ["POST /v1.0/.batch", "BATCHED GET"] {
            let start = clock.now()
            let before = try await directory.requests().count
            try await directory.fault(
                .object(["match": .string(match), "status": 429, "retryAfter": "2", "times": 1_000]))
            let error = await #expect(throws: StoreError.self) { try await directory.store.account(id) }
            #expect(isUnavailable(error))
            #expect(clock.now() - start == .seconds(10))
            #expect(try await directory.requests().count - before <= 20)
            try await directory.fault()
            #expect(try await directory.read(id).id == id)
        }
    }

    @Test func `a part of a batch that is throttled is asked again alone`() async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let ids = [try await directory.add(TestPerson("ines")), try await directory.add(TestPerson("joao"))]
        try await directory.fault(
            .object(["match": "BATCHED GET", "status": 429, "retryAfter": "3"]))
        let start = clock.now()
        #expect(try await directory.store.accounts(ids).count == 2)
        #expect(clock.now() - start == .seconds(3))
        #expect(try await directory.requests().filter { $0.hasPrefix("BATCHED GET") }.count == 3)
    }

    @Test func `a client secret that has expired is named, and nothing of it is told`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.state(.object(["secretExpired": true]))
        let error = await #expect(throws: StoreError.self) { try await directory.store.check() }
        let text = String(describing: error)
        #expect(isUnavailable(error) && text.contains("AADSTS7000222") && text.contains("has expired"))
        #expect(!text.contains("graph-secret"))
        await #expect(throws: StoreError.self) { try await directory.reset(id) }
        try await directory.state(.object(["secretExpired": false]))
        try await directory.store.check()
    }

    @Test func `a token is kept until shortly before its end`() async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let tokens = { try await directory.requests().filter { $0.hasSuffix("/token") }.count }
        for _ in 0..<3 { _ = try await directory.read(id) }
        clock.advance(by: .seconds(3_200))
        _ = try await directory.read(id)
        #expect(try await tokens() == 1)
        clock.advance(by: .seconds(120))
        _ = try await directory.read(id)
        #expect(try await tokens() == 2)
    }

    @Test func `a certificate of a stranger is not trusted, and no secret is sent`() async throws {
        let stranger = try TestCertificates()
        let directory = try await GraphTestDirectory(authority: stranger.authority)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        #expect(isUnavailable(error))
        #expect(try await directory.requests().isEmpty)
    }

    @Test(arguments: ["reset", "cut 3000", "cut 20"]) func `a connection that breaks is made anew`(mode: String)
        async throws
    {
        let folder = TemporaryFolder()
        folder.write("mode", "ok")
        let proxy = Lock<KitServer?>(nil)
        let directory = try await GraphTestDirectory("deadlineSeconds: 5") { port in
            let server = try KitServer("fault-proxy.py", ["\(port)", folder.file("mode")])
            proxy.withLock { $0 = server }
            return server.port
        }
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        _ = try await directory.read(id)
        folder.write("mode", mode)
        let error = await #expect(throws: StoreError.self) {
            for _ in 0..<20 { _ = try await directory.store.account(id) }
        }
        #expect(isUnavailable(error))
        folder.write("mode", "ok")
        #expect(try await directory.read(id).id == id)
    }

    @Test func `a store starts without Microsoft's services and works once they are there`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let down = try GraphTestDirectory.open(
            port: freePort(), caFile: try GraphCertificates.shared().authority,
            secret: directory.folder.file("client-secret"), "", FixedClock())
        let error = await #expect(throws: StoreError.self) { try await down.account(id) }
        #expect(isUnavailable(error))
    }

    @Test func `a closed store serves nobody`() async throws {
        let directory = try await GraphTestDirectory()
        let id = try await directory.add(TestPerson("ines"))
        _ = try await directory.read(id)
        directory.store.close()
        let error = await #expect(throws: StoreError.self) { try await directory.store.account(id) }
        #expect(isUnavailable(error))
        directory.end()
    }
}
