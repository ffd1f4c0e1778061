import Audit
import Crypto
import Model
import Platform
import SQL
import StrictJSON
import TestSupport
import Testing

@Suite struct AuditLogTests {
    @Test(arguments: Dialect.allCases)
    func `what was appended is read back, in order and with every field`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine)
        var events = (0..<AuditKind.allCases.count).map { fixture.event($0) }
        events[1] = events[1].with { event in
            event.verification = VerificationID("v1")
            event.session = SessionID("s1")
            event.outcome = .unknown
            event.detail = [
                JSONMember(name: "ü\"", value: ["a", 1, nil, true]),
                JSONMember(name: "object", value: .object(["x": 2.5])),
            ]
        }
        events[2] = AuditEvent(.configurationChange, by: .system, at: Timestamp(microseconds: 1))
        for event in events { try await fixture.append(event) }
        let records = try await fixture.database.read { try AuditReader.records(after: 0, limit: 1_000, $0) }
        #expect(records.map(\.event) == events)
        #expect(records.map(\.sequence) == Array(1...Int64(events.count)))
        #expect(try await fixture.verify().findings == [.badCheckpoint(.missing)])
    }

    /// AU-01: the bytes are those the README defines, so that another program can check a chain.
    @Test func `the first row hashes to the value worked out by hand`() async throws {
        let fixture = try await AuditFixture(.sqlite)
        try await fixture.append(AuditEvent(.signIn, by: .service, at: Timestamp(microseconds: 258)))
        let record = try await fixture.records()[0]
        let present: ([UInt8]) -> [UInt8] = { [1, 0, 0, 0, UInt8($0.count)] + $0 }
        var bytes = [UInt8](repeating: 0, count: 32)
        for text in ["latchkey-audit-1", "auth"] { bytes += present(Array(text.utf8)) }
        bytes += present([0, 0, 0, 0, 0, 0, 0, 1]) + present([0, 0, 0, 0, 0, 0, 1, 2])
        for text in ["signIn", "success", "service"] { bytes += present(Array(text.utf8)) }
        bytes += [UInt8](repeating: 0, count: 11) + present(Array("{}".utf8)) + [0, 0]
        #expect(record.hash == Digest.sha256(bytes))
    }

    /// AU-02
    @Test(arguments: Dialect.allCases)
    func `an act that fails leaves no row, and numbers have no gap`(_ engine: Dialect) async throws {
        struct Refusal: Error {}
        let fixture = try await AuditFixture(engine)
        let log = fixture.log
        let event = fixture.event(0)
        let results = await withTaskGroup(of: Int64?.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try? await fixture.database.write { transaction in
                        let sequence = try log.append(event, in: transaction)
                        if number % 3 == 0 { throw Refusal() }
                        if number % 7 == 0 { try transaction.execute("INSERT INTO nowhere VALUES (1)") }
                        return sequence
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let given = results.compactMap { $0 }.sorted()
        #expect(given == Array(1...Int64(given.count)))
        try await fixture.checkpointer().write()
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.rows == given.count)
    }

    @Test(arguments: Dialect.allCases)
    func `replicas share one chain`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine)
        let other = try fixture.test.openAgain()
        defer { other.close() }
        let logs = [(fixture.database, fixture.log), (other, AuditLog(service: "auth"))]
        let event = fixture.event(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<80 {
                let (database, log) = logs[number % 2]
                group.addTask { _ = try await database.write { try log.append(event, in: $0) } }
            }
            try await group.waitForAll()
        }
        try await fixture.checkpointer().write()
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.head.sequence == 80)
    }

    @Test func `a chain is not continued by another service`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let event = fixture.event(0)
        await #expect(throws: DatabaseError.failed("the audit chain belongs to auth, not to helpdesk")) {
            try await fixture.database.write { try AuditLog(service: "helpdesk").append(event, in: $0) }
        }
    }

    /// AU-04
    @Test func `the sink gets the rows that are on disk, in order, and no others`() async throws {
        let fixture = try await AuditFixture(.sqlite)
        let seen = Lock<[Int64]>([])
        let log = AuditLog(service: "auth") { records in seen.withLock { $0 += records.map(\.sequence) } }
        let event = fixture.event(0)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask {
                    _ = try? await fixture.database.write { transaction in
                        try log.append(event, in: transaction)
                        if number % 4 == 0 { throw DatabaseError.busy }
                    }
                }
            }
        }
        let count = Int64(try await fixture.records().count)
        #expect(count == 22)
        #expect(seen.withLock { $0 } == Array(1...count))
    }

    @Test(arguments: Dialect.allCases)
    func `a row of another chain is copied once`(_ engine: Dialect) async throws {
        let source = try await AuditFixture(engine, rows: 3)
        let target = try await AuditFixture(engine, rows: 1)
        let log = target.log
        let feed = try await source.database.read { try AuditReader.records(after: 0, limit: 10, $0) }
        #expect(try await target.database.read { try AuditReader.lastCopied(from: "auth2", $0) } == 0)
        for _ in 0..<2 {
            try await target.database.write { transaction in
                for record in feed { try log.appendCopy(of: record, from: "auth2", in: transaction) }
            }
        }
        let copies = try await target.database.read { try AuditReader.records(after: 1, limit: 10, $0) }
        #expect(copies.map(\.event.origin) == (1...3).map { AuditOrigin(service: "auth2", sequence: $0) })
        #expect(copies.map(\.event.subject) == feed.map(\.event.subject))
        #expect(try await target.database.read { try AuditReader.lastCopied(from: "auth2", $0) } == 3)
    }

    @Test func `the description of a client is cleaned and cut`() {
        var event = AuditEvent(.signIn, by: .endUser, at: Timestamp(seconds: 0))
        event.client = "a\u{0}b\r\nc\u{7f}" + String(repeating: "x", count: 300)
        #expect(event.client == "abc" + String(repeating: "x", count: 253))
    }
}
