import Audit
import Crypto
import Model
import Platform
import SQL
import StrictJSON
import TestSupport
import Testing

/// AU-01: the signed end of the chain outside the database.
@Suite struct CheckpointTests {
    @Test func `a checkpoint older than the database is fine`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 4)
        try await fixture.checkpointer().write()
        for number in 4..<9 { try await fixture.append(fixture.event(number)) }
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.checkpoint?.head.sequence == 4)
        #expect(report.head.sequence == 9)
    }

    @Test func `a checkpoint by an unknown key is named`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 4)
        try await fixture.checkpointer().write()
        let other = try SigningKey.generate()
        #expect(
            try await fixture.verify([other]).findings == [.badCheckpoint(.badSignature(keyID: fixture.key.id))])
        #expect(try await fixture.verify([other, fixture.key]).isIntact)
    }

    @Test(arguments: ["sequence", "hash", "at", "service", "kid"])
    func `a checkpoint changed afterwards is named`(_ name: String) async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 4)
        try await fixture.checkpointer().write()
        let checkpoint = try JSON.parse(readFile(fixture.checkpointFile))
        let values: [String: JSON] = [
            "sequence": 3, "hash": .string(String(repeating: "0", count: 64)), "at": "2026-11-21T00:00:00.000000Z",
            "service": "helpdesk", "kid": "nobody",
        ]
        let members = try #require(checkpoint.objectValue).map {
            $0.name == name ? JSONMember(name: name, value: values[name] ?? nil) : $0
        }
        fixture.folder.write("checkpoint.json", String(decoding: JSON.object(members).serialized(), as: UTF8.self))
        let keyID = name == "kid" ? "nobody" : fixture.key.id
        #expect(try await fixture.verify().findings == [.badCheckpoint(.badSignature(keyID: keyID))])
    }

    @Test func `a missing checkpoint is named once there are rows`() async throws {
        let fixture = try await AuditFixture(.sqlite)
        #expect(try await fixture.verify().isIntact)
        try await fixture.append(fixture.event(0))
        #expect(try await fixture.verify().findings == [.badCheckpoint(.missing)])
    }

    @Test func `the checkpoint of an empty chain is continued by its first rows`() async throws {
        let fixture = try await AuditFixture(.sqlite)
        let checkpointer = fixture.checkpointer()
        try await checkpointer.write()
        #expect(try await fixture.verify().checkpoint?.head == .empty)
        try await fixture.append(fixture.event(0))
        #expect(try await fixture.verify().isIntact)
        try await fixture.checkpointer().write()
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.checkpoint?.head.sequence == 1)
    }

    @Test func `a checkpoint that is no checkpoint is named and not replaced`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        fixture.folder.write("checkpoint.json", "{}")
        let findings = try await fixture.verify().findings
        guard case .badCheckpoint(.unreadable) = findings.first, findings.count == 1 else {
            Issue.record("\(findings)")
            return
        }
        await #expect(throws: CheckpointError.self) { try await fixture.checkpointer().write() }
        #expect(readFile(fixture.checkpointFile) == Array("{}".utf8))
    }

    @Test func `a checkpoint of another service is named`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let foreign = try AuditCheckpoint(
            service: "helpdesk", head: AuditHead(sequence: 1, hash: [UInt8](repeating: 1, count: 32)),
            at: fixture.clock.now(), key: fixture.key)
        fixture.folder.write("checkpoint.json", String(decoding: foreign.json.serialized(), as: UTF8.self))
        #expect(try await fixture.verify().findings == [.badCheckpoint(.otherService("helpdesk"))])
        await #expect(throws: CheckpointError.otherService("helpdesk")) { try await fixture.checkpointer().write() }
    }

    @Test func `a database that was cut gets no new signature`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 6)
        try await fixture.checkpointer().write()
        let signed = readFile(fixture.checkpointFile)
        try await fixture.cut(after: 4)
        await #expect(throws: CheckpointError.cutTail(have: 4, want: 6)) { try await fixture.checkpointer().write() }
        for number in 10..<14 { try await fixture.append(fixture.event(number)) }
        await #expect(throws: CheckpointError.rewritten(sequence: 6)) { try await fixture.checkpointer().write() }
        #expect(readFile(fixture.checkpointFile) == signed)
    }

    @Test func `checkpoints follow the chain`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let checkpointer = fixture.checkpointer()
        for number in 1..<5 {
            try await checkpointer.write()
            let report = try await fixture.verify()
            #expect(report.isIntact)
            #expect(report.checkpoint?.head.sequence == Int64(number))
            try await fixture.append(fixture.event(number))
        }
    }

    @Test func `nothing is written while nothing is committed`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let checkpointer = fixture.checkpointer()
        try await checkpointer.write()
        let first = readFile(fixture.checkpointFile)
        fixture.clock.advance(by: .seconds(60))
        try await checkpointer.write()
        #expect(readFile(fixture.checkpointFile) == first)
        try await fixture.append(fixture.event(1))
        try await checkpointer.write()
        #expect(readFile(fixture.checkpointFile) != first)
    }

    @Test func `the loop writes a last checkpoint when it is canceled and reports errors`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 2)
        let checkpointer = fixture.checkpointer()
        let errors = Lock(0)
        let loop = Task { await checkpointer.run { _ in errors.withLock { $0 += 1 } } }
        try await waitUntil("the first checkpoint") { !readFile(fixture.checkpointFile).isEmpty }
        try await fixture.append(fixture.event(2))
        loop.cancel()
        await loop.value
        #expect(try await fixture.verify().checkpoint?.head.sequence == 3)
        #expect(errors.withLock { $0 } == 0)
    }

    @Test func `a folder that is not there is an error`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let key = fixture.key
        let checkpointer = Checkpointer(
            fixture.log, fixture.database, file: fixture.folder.file("nowhere/checkpoint"), clock: fixture.clock
        ) { key }
        await #expect(throws: CheckpointError.self) { try await checkpointer.write() }
    }
}

/// PR-03: old rows go, and the chain still verifies.
@Suite struct PurgeTests {
    @Test(arguments: Dialect.allCases)
    func `old rows go from the front and the rest verifies`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 20)
        try await fixture.checkpointer().write()
        let cutoff = fixture.event(8).at
        #expect(try await fixture.purge(before: cutoff, limit: 5) == 5)
        #expect(try await fixture.purge(before: cutoff, limit: 5) == 3)
        #expect(try await fixture.purge(before: cutoff, limit: 5) == 0)
        let sequences = try await fixture.database.read { try AuditReader.records(after: 0, limit: 100, $0) }
        #expect(sequences.map(\.sequence) == Array(9...22))
        #expect(try await fixture.verify().isIntact)
        try await fixture.checkpointer().write()
        #expect(try await fixture.verify().isIntact)
    }

    @Test(arguments: Dialect.allCases)
    func `the newest row always stays`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 3)
        #expect(try await fixture.purge(before: fixture.event(1_000).at) == 2)
        #expect(
            try await fixture.database.read { try AuditReader.records(after: 0, limit: 9, $0) }.map(\.sequence) == [
                3, 4,
            ])
        #expect(try await fixture.purgeEmpty() == 0)
    }

    @Test(arguments: Dialect.allCases)
    func `the newest row copied from another chain stays, and the report tells what went`(
        _ engine: Dialect
    ) async throws {
        let fixture = try await AuditFixture(engine, rows: 3)
        let (log, copied) = (fixture.log, try await fixture.records())
        for record in copied.reversed() {
            try await fixture.database.write { _ = try log.appendCopy(of: record, from: "other", in: $0) }
        }
        try await fixture.append(fixture.event(9))
        #expect(try await fixture.purge(before: fixture.event(1_000).at) == 5)
        #expect(try await fixture.database.read { try AuditReader.lastCopied(from: "other", $0) } == 3)
        try await fixture.checkpointer().write()
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.purgedThrough == 5)
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a front taken away without a purge is found`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 6)
        try await fixture.checkpointer().write()
        try await fixture.tamper(
            "UPDATE audit_head SET start_sequence = 3, start_hash = (SELECT hash FROM audit WHERE sequence = 3)",
            "DELETE FROM audit WHERE sequence <= 3")
        #expect(try await fixture.verify().findings == [.removed(first: 1, last: 3)])
    }
}

extension AuditFixture {
    fileprivate func purge(before moment: Timestamp, limit: Int = 1_000) async throws -> Int {
        let log = log
        let now = event(500).at
        return try await database.write { try log.purge(before: moment, limit: limit, now: now, in: $0) }
    }

    fileprivate func purgeEmpty() async throws -> Int {
        try await AuditFixture(.sqlite).purge(before: clock.now())
    }
}
