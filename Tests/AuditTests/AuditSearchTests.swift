import Audit
import Model
import SQL
import TestSupport
import Testing

/// H1
@Suite struct AuditSearchTests {
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
            let total = try await fixture.database.read { try AuditSearch(filter, $0).total(atMost: 1_000) }
            #expect(total.count == wanted.count && total.isExact, "\(filter)")
        }
    }

    @Test(arguments: Dialect.allCases)
    func `pages follow each other without gap or repetition, and back again`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 60)
        // Copied late: its time lies before that of rows with smaller numbers.
        try await fixture.append(fixture.event(3))
        for (filter, _) in Self.filters {
            let all = try await fixture.records(filter).map(\.sequence)
            #expect(try await walk(fixture, filter, patience: AuditSearch.patience).map(\.sequence) == all, "\(filter)")
            #expect(try await walk(fixture, filter, patience: 7).map(\.sequence) == all, "\(filter)")
        }
    }

    /// Goes to the end page by page; from each page back to the one before, which has to be the same.
    private func walk(_ fixture: AuditFixture, _ filter: AuditFilter, patience: Int) async throws -> [AuditRecord] {
        var (seen, position, before): ([AuditRecord], AuditPosition?, [AuditRecord]) = ([], nil, [])
        repeat {
            let from = position
            let page = try await fixture.database.read {
                try AuditSearch(filter, $0, patience: patience).page(from: from, limit: 4)
            }
            #expect((page.previous == nil) == (position == nil))
            if let back = page.previous, !page.records.isEmpty, patience > 1_000 {
                let turned = try await fixture.database.read {
                    try AuditSearch(filter, $0, patience: patience).page(from: back, isForward: false, limit: 4)
                }
                #expect(turned.records == before)
            }
            before = page.records
            seen += page.records
            position = page.next
        } while position != nil
        return seen
    }

    @Test(arguments: Dialect.allCases)
    func `counting stops at the bound, and where it would take long`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 12)
        let device = Self.filter { $0.device = "192.0.2." }
        let (bounded, hasty, known) = try await fixture.database.read { connection in
            (
                try AuditSearch(device, connection).total(atMost: 10),
                try AuditSearch(device, connection, patience: 4).total(atMost: 100),
                try AuditSearch(AuditFilter(), connection, patience: 4).total(atMost: 10)
            )
        }
        #expect(bounded.count == 10 && !bounded.isExact)
        #expect(hasty.count == 4 && !hasty.isExact)
        #expect(known.count == 12 && known.isExact, "what is counted already needs no bound")
    }

    /// C3
    @Test(arguments: Dialect.allCases)
    func `what is counted is what is listed`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 90)
        var range = AuditFilter()
        (range.from, range.until) = (fixture.event(20).at, fixture.event(80).at)
        range.stores = Set([StoreID("main")].compactMap { $0 })
        let filter = range
        for kind in AuditKind.allCases {
            for byType in [true, false] {
                let counts = try await fixture.database.read {
                    try AuditCounter(filter, $0).counts(.init(kind, AuditOutcome.allCases, byType: byType))
                }
                for count in counts {
                    var listed = filter
                    (listed.kinds, listed.outcomes) = ([kind], [count.outcome])
                    listed.types = Set([count.type].compactMap { $0 })
                    #expect(try await fixture.records(listed).count == count.count)
                }
            }
        }
    }
}
