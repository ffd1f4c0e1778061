import Directory
import Model
import StrictJSON
import TestSupport
import Testing

/// Resets in Microsoft Entra ID, their refusals and lost answers.
@Suite struct EntraIDWritingTests {
    private static let write = "PATCH /v1.0/users/"

    /// What a reset that is not seen to end leaves, and what reading makes of it.
    private func settle(
        _ directory: GraphTestDirectory, _ id: AccountID, after fault: JSON
    ) async throws -> (StoreError?, Settlement, writes: Int) {
        let since = try await directory.read(id).credentialVersion
        try await directory.fault(fault)
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        let settlement = try await directory.store.settlement(
            of: operationID("op-reset"), account: id, since: since, setting: settled)
        return (error, settlement, try await directory.writes().count)
    }

    @Test(arguments: [true, false]) func `a reset is one write with its operation`(mustChange: Bool) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id, mustChange: mustChange)
        let writes = try await directory.writes()
        #expect(writes.count == 1 && writes.first?["forceChangePasswordNextSignIn"] == .bool(mustChange))
        #expect(writes.first?["id"]?.stringValue == id.entry && writes.first?["operation"] == "op-reset")
    }

    /// PW-01
    @Test func `Entra's own sentence is told, but never with the password in it`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let weak = await #expect(throws: StoreError.self) { try await directory.reset(id, to: "abcdefgh") }
        guard case .refused("directoryPolicy", let sentence) = weak else {
            Issue.record("\(String(describing: weak))")
            return
        }
        #expect(sentence.hasPrefix("Microsoft Entra ID refuses the password: The specified password does not comply"))
        try await directory.fault(
            .object([
                "match": .string(Self.write), "status": 400, "code": "Request_BadRequest",
                "message": .string("\(TestPerson.otherPassword) is banned"),
            ]))
        let leaking = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        #expect(!String(describing: leaking).contains(TestPerson.otherPassword))
        #expect(try await directory.writes().isEmpty)
    }

    @Test(arguments: [("synchronized", "on premises"), ("administrator", "administrator")])
    func `an account Entra does not let us reset is refused in words`(state: String, word: String) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"), [state])
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        guard case .unsupported(let sentence) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sentence.contains(word))
        #expect(try await directory.writes().isEmpty)
    }

    /// CR-04
    @Test func `a write whose answer is lost is settled as applied and not written again`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let (error, settlement, writes) = try await settle(
            directory, id, after: .object(["match": .string(Self.write), "drop": "after"]))
        guard case .outcomeUnknown = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(settlement == .applied && writes == 1)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    /// CR-04
    @Test(arguments: [
        #""drop": "before""#, #""status": 500"#, #""status": 502"#, #""status": 503, "retryAfter": "1""#,
        #""status": 504"#,
    ]) func `a write that never happened is settled as not applied`(fault: String) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let (error, settlement, writes) = try await settle(
            directory, id, after: try JSON.parse(Array(#"{"match": "\#(Self.write)", \#(fault)}"#.utf8)))
        guard case .outcomeUnknown = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(settlement == .notApplied && writes == 0)
        #expect(try await directory.refusal("ines") == nil)
        let sent = try await directory.requests().filter { $0.hasPrefix("PATCH") }
        #expect(sent.count <= 1)
    }

    /// CR-04: a replica may show the old user for a moment.
    @Test func `a write that shows late is waited for`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        try await directory.state(.object(["lag": 1]))
        #expect(try await directory.reset(id) != since)
        let other = try await directory.add(TestPerson("joao"))
        let (_, settlement, _) = try await settle(
            directory, other, after: .object(["match": .string(Self.write), "drop": "after"]))
        #expect(settlement == .applied)
    }

    @Test func `a reset that cannot be read back is never called not done`() async throws {
        let directory = try await GraphTestDirectory("")
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.fault(
            .object(["match": "GET /v1.0/users/[0-9a-f]", "times": 9, "status": 500, "skip": 1]))
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        guard case .outcomeUnknown = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await directory.writes().count == 1)
    }

    @Test func `a reset that is throttled waits as it is told and is written once`() async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let start = clock.now()
        try await directory.fault(
            .object(["match": .string(Self.write), "status": 429, "code": "TooManyRequests", "retryAfter": "7"]))
        try await directory.reset(id)
        #expect(clock.now() - start == .seconds(7))
        #expect(try await directory.writes().count == 1)
    }

    @Test func `a reset that would have to wait longer than it may is not written at all`() async throws {
        let clock = FixedClock()
        let directory = try await GraphTestDirectory(clock: clock)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let start = clock.now()
        try await directory.fault(.object(["match": .string(Self.write), "status": 429, "retryAfter": "60"]))
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id) }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(clock.now() == start)
        #expect(try await directory.writes().isEmpty)
    }

    @Test func `a token that is refused is fetched again once and the write is one`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        _ = try await directory.read(id)
        try await directory.state(.object(["revokeTokens": true]))
        try await directory.reset(id)
        #expect(try await directory.writes().count == 1)
        #expect(try await directory.requests().filter { $0.hasSuffix("/token") }.count == 2)
    }

    /// CR-04: a tenant without a place for the operation.
    @Test func `without a mark a password that is in force settles a reset, and nothing else does`() async throws {
        let directory = try await GraphTestDirectory(#"signIn: "passwordGrant""#)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.expired]))
        let since = try await directory.read(id).credentialVersion
        func settlement(_ password: Secret?) async throws -> Settlement {
            try await directory.store.settlement(
                of: operationID("op-reset"), account: id, since: since, setting: password)
        }
        #expect(try await settlement(settled) == .notApplied)
        try await directory.reset(id, mustChange: true)
        #expect(try await settlement(settled) == .applied)
        #expect(try await settlement(Secret("Another-1")) == .unknown)
        #expect(try await settlement(nil) == .unknown)
    }

    @Test func `without a mark and without the password grant a change settles nothing`() async throws {
        let directory = try await GraphTestDirectory("")
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.expired]))
        let since = try await directory.read(id).credentialVersion
        try await directory.reset(id)
        let settlement = try await directory.store.settlement(
            of: operationID("op-reset"), account: id, since: since, setting: settled)
        #expect(settlement == .unknown)
        #expect(try await directory.requests().filter { $0.hasSuffix("/token") }.count == 1)
    }

    /// CR-04
    @Test func `a password somebody else set since does not make our reset happen`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.expired]))
        let since = try await directory.read(id).credentialVersion
        try await directory.set(id, .object(["lastPasswordChangeDateTime": "2026-11-20T08:00:00Z"]))
        let settlement = try await directory.store.settlement(
            of: operationID("op-reset"), account: id, since: since, setting: settled)
        #expect(settlement == .notApplied)
    }
}
