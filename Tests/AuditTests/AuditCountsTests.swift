import Model
import Platform
import SQL
import TestSupport
import Testing

@testable import Audit

/// The sums of the history beside the history itself.
@Suite struct AuditCountsTests {
    private struct Undone: Error {}

    /// A chain over nine days, parts of which were rolled back and parts purged.
    private func chain(_ engine: Dialect, _ chance: SeededRandom) async throws -> AuditFixture {
        let fixture = try await AuditFixture(engine)
        let log = fixture.log
        for batch in 0..<12 {
            let events = (0..<25).map { number in
                fixture.event(batch * 25 + number).with { event in
                    event.at = fixture.clock.now() + .seconds(Self.number(chance, below: 9 * 86_400))
                    if number % 6 == 0 { (event.store, event.subject, event.type) = (nil, nil, nil) }
                }
            }
            let (database, added) = (fixture.database, events)
            let kept = Task {
                try await database.write { transaction in
                    for event in added { try log.append(event, in: transaction) }
                }
            }
            let undone = Task {
                try await database.write { transaction in
                    for event in added.prefix(7) { try log.append(event, in: transaction) }
                    throw Undone()
                }
            }
            await #expect(throws: Undone.self) { try await undone.value }
            try await kept.value
        }
        let late = fixture.clock.now() + .seconds(30 * 86_400)
        let gone = try await fixture.database.write { transaction in
            try log.purge(before: late, limit: 40, now: late, in: transaction)
        }
        #expect(gone == 40)
        return fixture
    }

    private static func number(_ chance: SeededRandom, below bound: Int) -> Int {
        Int(chance.bytes(4).reduce(0) { $0 << 8 | UInt64($1) }) % bound
    }

    /// A filter as chance would have it: any time from a second to all, any of what sums know.
    private static func filter(_ chance: SeededRandom, from start: Timestamp) -> AuditFilter {
        func chosen<T: Hashable>(_ all: [T]) -> Set<T> {
            number(chance, below: 2) == 0 ? [] : Set(all.filter { _ in number(chance, below: 3) == 0 })
        }
        var filter = AuditFilter()
        let span = [1, 3_600, 86_400, 9 * 86_400][number(chance, below: 4)]
        if number(chance, below: 4) > 0 { filter.from = start + .seconds(number(chance, below: 9 * 86_400)) }
        if number(chance, below: 4) > 0 {
            filter.until = (filter.from ?? start) + .seconds(number(chance, below: span))
        }
        filter.kinds = chosen(AuditKind.allCases)
        filter.outcomes = chosen(AuditOutcome.allCases)
        filter.types = chosen([.email, .mobile, .yubiKey])
        filter.stores = chosen(["main", "branch", "none"].compactMap { StoreID($0) })
        filter.actorKinds = chosen(AuditActorKind.allCases)
        if number(chance, below: 4) == 0 { filter.action = "reset" }
        return filter
    }

    /// C3, H1
    @Test(arguments: Dialect.allCases)
    func `the sums are those of the rows, whatever was rolled back or purged`(_ engine: Dialect) async throws {
        let chance = SeededRandom(seed: 7)
        let fixture = try await chain(engine, chance)
        let all = try await fixture.records()
        #expect(all.count == 261)
        for _ in 0..<150 {
            let filter = Self.filter(chance, from: fixture.clock.now())
            let wanted = all.filter { Self.matches(filter, $0.event) }
            let (total, sums, page) = try await fixture.database.read { connection in
                let search = AuditSearch(filter, connection, patience: 20)
                return (
                    try search.total(atMost: 1), try AuditCounts.rows(filter, connection),
                    try search.page(limit: 300)
                )
            }
            #expect(total == AuditTotal(count: wanted.count, isExact: true), "\(filter)")
            #expect(sums.values.allSatisfy { $0 > 0 })
            #expect(page.records.map(\.sequence) == wanted.map(\.sequence) && page.next == nil, "\(filter)")
        }
    }

    private static func matches(_ filter: AuditFilter, _ event: AuditEvent) -> Bool {
        let isInTime =
            (filter.from.map { event.at >= $0 } ?? true) && (filter.until.map { event.at < $0 } ?? true)
        return isInTime && (filter.kinds.isEmpty || filter.kinds.contains(event.kind))
            && (filter.outcomes.isEmpty || filter.outcomes.contains(event.outcome))
            && (filter.types.isEmpty || event.type.map(filter.types.contains) ?? false)
            && (filter.stores.isEmpty || event.store.map(filter.stores.contains) ?? false)
            && (filter.actorKinds.isEmpty || filter.actorKinds.contains(event.actorKind))
            && (filter.action == nil || filter.action == event.action)
    }

    @Test(arguments: Dialect.allCases)
    func `a history from before the sums is counted once`(_ engine: Dialect) async throws {
        let fixture = try await chain(engine, SeededRandom(seed: 8))
        let columns = "SELECT span, start, kind, outcome, type, store, actor_kind, action, events FROM audit_counts"
        let read: @Sendable (any Connection) throws -> [Row] = {
            try $0.query(columns + " ORDER BY span, start, kind, outcome, type, store, actor_kind, action")
        }
        let written = try await fixture.database.read(read)
        try await fixture.database.write { transaction in
            try transaction.execute("DELETE FROM audit_counts")
            for span in [AuditSpan.always, AuditSpan.day, AuditSpan.hour] {
                try transaction.execute(AuditCounts.filling(span))
            }
        }
        #expect(written.count > 300)
        #expect(try await fixture.database.read(read) == written)
    }

    @Test func `a time is whole days, whole hours, and what is left at its ends`() {
        let (day, hour) = (AuditSpan.day, AuditSpan.hour)
        #expect(AuditSpan.parts(from: nil, until: nil) == [.spans(AuditSpan.always, 0..<1)])
        #expect(
            AuditSpan.parts(from: day - hour - 5, until: 3 * day + hour + 7) == [
                .rows(day - hour - 5..<day - hour), .spans(hour, day - hour..<day), .spans(day, day..<3 * day),
                .spans(hour, 3 * day..<3 * day + hour), .rows(3 * day + hour..<3 * day + hour + 7),
            ])
        #expect(AuditSpan.parts(from: -5, until: 5) == [.rows(-5..<5)])
        #expect(AuditSpan.parts(from: 9, until: 9).isEmpty)
        #expect(AuditSpan.parts(from: 9, until: 3).isEmpty)
        #expect(AuditSpan.parts(from: .min, until: nil).count == 1)
    }
}
