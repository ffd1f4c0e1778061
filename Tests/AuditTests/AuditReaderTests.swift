import Audit
import Model
import SQL
import TestSupport
import Testing

@Suite struct AuditReaderTests {
    /// Each filter with the same question asked of the event itself.
    private static let filters: [(AuditFilter, @Sendable (AuditEvent) -> Bool)] = [
        (AuditFilter(), { _ in true }),
        (filter { $0.subject = AccountID("main~user2") }, { $0.subject == AccountID("main~user2") }),
        (filter { $0.actor = AccountID("main~operator1") }, { $0.actor == AccountID("main~operator1") }),
        (
            filter { $0.accounts = ["main~user0", "branch~user3"].compactMap { AccountID($0) } },
            { ["main~user0", "branch~user3"].contains($0.subject?.text) }
        ),
        (filter { $0.kinds = [.enroll, .reset] }, { $0.kind == .enroll || $0.kind == .reset }),
        (filter { $0.outcomes = [.failure] }, { $0.outcome == .failure }),
        (filter { $0.actorKinds = [.operator] }, { $0.actorKind == .operator }),
        (filter { $0.stores = Set([StoreID("branch")].compactMap { $0 }) }, { $0.store == StoreID("branch") }),
        (filter { $0.types = [.email] }, { $0.type == .email }),
        (filter { $0.action = "reset" }, { $0.action == "reset" }),
        (filter { $0.operation = OperationID("op7") }, { $0.operation == OperationID("op7") }),
        (filter { $0.device = "FIREFOX/140 (x" }, { $0.client?.hasPrefix("Firefox") ?? false }),
        (filter { $0.device = "192.0.2.7" }, { $0.source == "192.0.2.7" }),
        (filter { $0.device = "%" }, { _ in false }),
        (filter { $0.from = FixedClock().now() + .seconds(10) }, { $0.at >= FixedClock().now() + .seconds(10) }),
        (filter { $0.until = FixedClock().now() + .seconds(10) }, { $0.at < FixedClock().now() + .seconds(10) }),
        (
            filter {
                $0.outcomes = [.failure]
                $0.types = [.mobile]
                $0.from = FixedClock().now() + .seconds(5)
            },
            { $0.outcome == .failure && $0.type == .mobile && $0.at >= FixedClock().now() + .seconds(5) }
        ),
    ]

    private static func filter(_ change: (inout AuditFilter) -> Void) -> AuditFilter {
        var filter = AuditFilter()
        change(&filter)
        return filter
    }

    @Test(arguments: Dialect.allCases)
    func `every filter lets through what it names, newest first`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 40)
        let events = (0..<40).map { fixture.event($0) }.reversed()
        for (filter, matches) in Self.filters {
            let wanted = events.filter(matches)
            #expect(try await fixture.records(filter).map(\.event) == wanted, "\(filter)")
            let count = try await fixture.database.read { try AuditReader.count(filter, atMost: 1_000, $0) }
            #expect(count == wanted.count)
        }
    }

    @Test(arguments: Dialect.allCases)
    func `pages follow each other without gap or repetition`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 25)
        let old = fixture.event(3)
        try await fixture.append(old)
        var seen: [AuditRecord] = []
        var position: AuditPosition?
        repeat {
            let after = position
            let page = try await fixture.database.read {
                try AuditReader.page(AuditFilter(), after: after, limit: 4, $0)
            }
            seen += page
            position = page.last.map { AuditPosition(at: $0.event.at, sequence: $0.sequence) }
        } while position != nil
        let order = seen.map { [$0.event.at.microseconds, $0.sequence] }
        #expect(order == order.sorted { $1.lexicographicallyPrecedes($0) })
        #expect(Set(seen.map(\.sequence)) == Set(1...26))
        #expect(seen.count == 26)
    }

    @Test(arguments: Dialect.allCases)
    func `counting stops at the bound`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 12)
        let count = try await fixture.database.read { try AuditReader.count(AuditFilter(), atMost: 10, $0) }
        #expect(count == 10)
    }

    @Test(arguments: Dialect.allCases)
    func `an export goes over all rows, newest first`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 12)
        let sequences = try await fixture.database.read { connection in
            var sequences: [Int64] = []
            try AuditReader.forEach(AuditFilter(), connection) { sequences.append($0.sequence) }
            return sequences
        }
        #expect(sequences == (1...12).reversed())
    }

    @Test(arguments: Dialect.allCases)
    func `the dashboard's counts add up`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 60)
        let counts = try await fixture.database.read { try AuditReader.counts(AuditFilter(), $0) }
        #expect(counts.reduce(0) { $0 + $1.count } == 60)
        let enrolled = counts.filter { $0.kind == .enroll }
        let events = (0..<60).map { fixture.event($0) }.filter { $0.kind == .enroll }
        #expect(enrolled.reduce(0) { $0 + $1.count } == events.count)
    }

    @Test(arguments: Dialect.allCases)
    func `the feed goes on after a number`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 9)
        let page = try await fixture.database.read { try AuditReader.records(after: 4, limit: 3, $0) }
        #expect(page.map(\.sequence) == [5, 6, 7])
        #expect(try await fixture.database.read { try AuditReader.records(after: 9, limit: 3, $0) } == [])
        #expect(try await fixture.database.read { try AuditReader.head($0) }.sequence == 9)
    }
}
