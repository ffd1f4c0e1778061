import Audit
import Model
import SQL
import TestSupport
import Testing

@Suite struct AuditReaderTests {
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
