import Audit
import Crypto
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

/// AU-01: whatever is done to the tables is found and the row named.
@Suite struct TamperTests {
    private func makeChecked(_ engine: Dialect, rows: Int = 12) async throws -> AuditFixture {
        let fixture = try await AuditFixture(engine, rows: rows)
        try await fixture.checkpointer().write()
        let report = try await fixture.verify()
        #expect(report.isIntact)
        #expect(report.rows == rows)
        #expect(report.checkpoint?.head == report.head)
        return fixture
    }

    private static let columns = [
        "at = at + 1", "kind = 'signOut'", "outcome = 'unknown'", "actor_kind = 'system'", "reason = 'x'",
        "actor = NULL", "subject = 'main~somebody'", "store = 'other'", "action = 'unlock'", "type = NULL",
        "operation = 'op'", "verification = 'v'", "session = 's'", "source = '::1'", "client = ''", "detail = '{}'",
        "origin_service = 'x'", "origin_sequence = 3", "kind = 'no such kind'", "detail = 'not JSON'",
    ]

    /// AU-01
    @Test(arguments: Dialect.allCases, columns)
    func `an altered column is found`(_ engine: Dialect, _ change: String) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("UPDATE audit SET \(change) WHERE sequence = 5")
        #expect(try await fixture.verify().findings == [.altered(sequence: 5)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases, [1, 5, 12])
    func `an altered hash is found`(_ engine: Dialect, _ sequence: Int64) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper(
            "UPDATE audit SET hash = (SELECT hash FROM audit WHERE sequence = 3) WHERE sequence = \(sequence)")
        let findings = try await fixture.verify().findings
        #expect(findings.contains(.altered(sequence: sequence)), "\(findings)")
    }

    /// AU-01
    @Test(arguments: Dialect.allCases, [1, 5])
    func `a row altered together with its hash is found`(_ engine: Dialect, _ sequence: Int64) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.forge(sequence) { $0.outcome = .unknown }
        #expect(try await fixture.verify().findings == [.altered(sequence: sequence)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `the last row altered together with its hash is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.forge(12) { $0.outcome = .unknown }
        #expect(try await fixture.verify().findings == [.rewritten(sequence: 12), .badHead(sequence: 12)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `removed rows are found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("DELETE FROM audit WHERE sequence IN (1, 4, 7, 8)")
        let removed: [AuditFinding] = [
            .removed(first: 1, last: 1), .removed(first: 4, last: 4), .removed(first: 7, last: 8),
        ]
        #expect(try await fixture.verify().findings == removed)
    }

    /// AU-01
    @Test(arguments: Dialect.allCases, [(3, 4), (2, 9), (1, 12)])
    func `rows with exchanged numbers are found and told apart from altered ones`(
        _ engine: Dialect, _ pair: (Int, Int)
    ) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper(
            "UPDATE audit SET sequence = -1 WHERE sequence = \(pair.0)",
            "UPDATE audit SET sequence = \(pair.0) WHERE sequence = \(pair.1)",
            "UPDATE audit SET sequence = \(pair.1) WHERE sequence = -1")
        let findings = try await fixture.verify().findings
        #expect(findings.contains(.reordered(sequence: Int64(pair.0), belongsAt: Int64(pair.1))), "\(findings)")
        #expect(findings.contains(.reordered(sequence: Int64(pair.1), belongsAt: Int64(pair.0))), "\(findings)")
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a row moved to the end is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("UPDATE audit SET sequence = 40 WHERE sequence = 5")
        #expect(
            try await fixture.verify().findings
                == [.removed(first: 5, last: 5), .reordered(sequence: 40, belongsAt: 5)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a row put in after the end is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper(
            """
            INSERT INTO audit (sequence, at, kind, outcome, actor_kind, detail, previous_hash, hash)
            SELECT 13, at, kind, outcome, actor_kind, detail, previous_hash, hash FROM audit WHERE sequence = 2
            """)
        #expect(try await fixture.verify().findings == [.unexpected(sequence: 13)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a cut tail is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("DELETE FROM audit WHERE sequence > 9")
        #expect(try await fixture.verify().findings == [.cutTail(have: 9, want: 12)])
    }

    /// AU-01: the checkpoint is what the database cannot be made to agree with.
    @Test(arguments: Dialect.allCases)
    func `a cut tail is found even when the head was wound back`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.cut(after: 9)
        #expect(try await fixture.verify().findings == [.cutTail(have: 9, want: 12)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a chain emptied whole is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("DELETE FROM audit", "DELETE FROM audit_head")
        #expect(try await fixture.verify().findings == [.cutTail(have: 0, want: 12)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `a tail cut and grown again is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.cut(after: 9)
        for number in 20..<26 { try await fixture.append(fixture.event(number)) }
        #expect(try await fixture.verify().findings == [.rewritten(sequence: 12)])
    }

    /// AU-01
    @Test(arguments: Dialect.allCases)
    func `an altered head is found`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper("UPDATE audit_head SET hash = start_hash")
        #expect(try await fixture.verify().findings == [.badHead(sequence: 12)])
    }

    @Test(arguments: Dialect.allCases)
    func `several changes are all named`(_ engine: Dialect) async throws {
        let fixture = try await makeChecked(engine)
        try await fixture.tamper(
            "UPDATE audit SET outcome = 'unknown' WHERE sequence IN (2, 3)", "DELETE FROM audit WHERE sequence = 6")
        try await fixture.forge(9) { $0.reason = "forged" }
        #expect(
            try await fixture.verify().findings == [
                .altered(sequence: 2), .altered(sequence: 3), .removed(first: 6, last: 6), .altered(sequence: 9),
            ])
    }

    @Test func `findings are sentences that name the row`() {
        let findings: [AuditFinding] = [
            .altered(sequence: 5), .removed(first: 5, last: 5), .removed(first: 5, last: 7),
            .reordered(sequence: 5, belongsAt: 7), .unexpected(sequence: 5), .cutTail(have: 5, want: 9),
            .rewritten(sequence: 5), .badHead(sequence: 5),
        ]
        for finding in findings { #expect(finding.description.contains("5")) }
        #expect(AuditFinding.badCheckpoint(.missing).description == "the checkpoint is missing")
    }
}

extension AuditFixture {
    /// Changes an event and computes its own hash anew, as somebody who knows the code would.
    func forge(_ sequence: Int64, _ change: (inout AuditEvent) -> Void) async throws {
        let old = try await database.read { try AuditReader.records(after: sequence - 1, limit: 1, $0) }[0]
        let forged = old.event.with(change)
        let twin = try await AuditFixture(.sqlite)
        let hash = try await twin.hash(of: forged, sequence: sequence, after: old.previousHash)
        try await database.write { transaction in
            try transaction.execute(
                "UPDATE audit SET outcome = $1, reason = $2, hash = $3 WHERE sequence = $4",
                [.text(forged.outcome.rawValue), SQLValue(forged.reason), .blob(hash), .integer(sequence)])
        }
    }

    /// Takes the tail away and makes the head agree.
    func cut(after sequence: Int64) async throws {
        try await tamper(
            "DELETE FROM audit WHERE sequence > \(sequence)",
            """
            UPDATE audit_head SET sequence = \(sequence),
                hash = (SELECT hash FROM audit WHERE sequence = \(sequence))
            """)
    }

    /// The hash the log itself would give, by letting a second chain stand at the same place.
    private func hash(of event: AuditEvent, sequence: Int64, after previous: [UInt8]) async throws -> [UInt8] {
        try await append(event)
        try await database.write { transaction in
            try transaction.execute(
                "UPDATE audit_head SET sequence = $1, hash = $2", [.integer(sequence - 1), .blob(previous)])
            try transaction.execute("DELETE FROM audit")
        }
        try await append(event)
        return try await database.read { try AuditReader.head($0) }.hash
    }
}
