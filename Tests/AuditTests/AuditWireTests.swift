import Audit
import Crypto
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

@Suite struct AuditWireTests {
    @Test func `a row comes back from its wire form exactly`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 30)
        let log = fixture.log
        let copied = try await fixture.records()[3]
        try await fixture.database.write { transaction in
            _ = try log.append(AuditEvent(.export, by: .system, at: Timestamp(microseconds: -1)), in: transaction)
            try log.appendCopy(of: copied, from: "other", in: transaction)
        }
        for record in try await fixture.records() {
            let json = try JSON.parse(record.json.serialized())
            #expect(try AuditRecord(json: json) == record)
        }
    }

    @Test(
        arguments: [
            ("sequence", JSON.integer(0)), ("at", .string("2026-11-21")), ("kind", .string("theft")),
            ("outcome", .string("maybe")), ("actorKind", .string("robot")), ("actor", .string("nobody")),
            ("subject", .integer(5)), ("type", .string("fax")), ("detail", .array([])), ("hash", .string("00")),
            ("previousHash", .string(String(repeating: "G", count: 64))), ("more", .integer(1)),
        ] as [(String, JSON)])
    func `a wire form that is not ours is refused at its pointer`(_ name: String, _ value: JSON) async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let members = try #require(try await fixture.records()[0].json.objectValue)
        let changed = members.filter { $0.name != name } + [JSONMember(name: name, value: value)]
        let error = #expect(throws: JSONError.self) { try AuditRecord(json: .object(changed)) }
        #expect(error?.pointer.hasPrefix("/" + name) == true)
    }

    @Test(arguments: ["sequence", "at", "kind", "outcome", "actorKind", "hash", "previousHash"])
    func `a wire form without a required member is refused`(_ name: String) async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 1)
        let members = try #require(try await fixture.records()[0].json.objectValue)
        #expect(throws: JSONError.self) { try AuditRecord(json: .object(members.filter { $0.name != name })) }
    }

    /// The order of the feed can be checked by its reader: the hashes link.
    @Test func `hashes on the wire link the rows`() async throws {
        let fixture = try await AuditFixture(.sqlite, rows: 5)
        let feed = try await fixture.database.read { try AuditReader.records(after: 0, limit: 10, $0) }
        #expect(feed[0].previousHash == [UInt8](repeating: 0, count: 32))
        for (before, after) in zip(feed, feed.dropFirst()) { #expect(after.previousHash == before.hash) }
    }
}
