import Audit
import Model
import SQL
import TestSupport
import Testing

@Suite struct AuditReaderTests {
    @Test(arguments: Dialect.allCases)
    func `the feed goes on after a number`(_ engine: Dialect) async throws {
        let fixture = try await AuditFixture(engine, rows: 9)
        let page = try await fixture.database.read { try AuditReader.records(after: 4, limit: 3, $0) }
        #expect(page.map(\.sequence) == [5, 6, 7])
        #expect(try await fixture.database.read { try AuditReader.records(after: 9, limit: 3, $0) } == [])
        #expect(try await fixture.database.read { try AuditReader.head($0) }.sequence == 9)
    }
}
