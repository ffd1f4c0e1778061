import Model
import SQL
import TestSupport
import Testing

/// `Database.lookup`, which an engine may answer on the caller's thread.
@Suite struct LookupTests {
    private struct Refused: Error {}

    private func make(_ engine: Dialect) async throws -> TestDatabase {
        let test = try TestDatabase(engine)
        let statement = "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT"
        let migration = Migration(version: 1, name: "table", statements: [statement])
        try await Migrator.migrate(test.database, [migration], now: Timestamp(seconds: 0))
        return test
    }

    private func name(_ id: Int64, _ database: any Database) async throws -> String? {
        try await database.lookup { connection in
            try connection.queryOne("SELECT name FROM item WHERE id = $1", [.integer(id)])?.text(0)
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a lookup sees every write that was answered`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        for id in 1...50 as ClosedRange<Int64> {
            #expect(try await name(id, test.database) == nil)
            try await test.database.write { transaction in
                try transaction.execute(
                    "INSERT INTO item (id, name) VALUES ($1, $2)", [.integer(id), .text("item \(id)")])
            }
            #expect(try await name(id, test.database) == "item \(id)")
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a lookup sees what another process wrote`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        #expect(try await name(1, test.database) == nil)
        let other = try test.openAgain()
        defer { other.close() }
        try await other.write { _ = try $0.execute("INSERT INTO item (id, name) VALUES (1, 'theirs')", []) }
        #expect(try await name(1, test.database) == "theirs")
    }

    @Test(arguments: Dialect.allCases)
    func `an error of a lookup comes through, and the next one works`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        for _ in 0..<10 {
            await #expect(throws: Refused.self) { try await test.database.lookup { _ in throw Refused() } }
            await #expect(throws: DatabaseError.self) {
                try await test.database.lookup { try $0.query("SELECT nothing FROM item", []) }
            }
        }
        #expect(try await name(1, test.database) == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `more lookups than connections are all answered`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        try await test.database.write { _ = try $0.execute("INSERT INTO item (id, name) VALUES (1, 'one')", []) }
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<200 { group.addTask { try await name(1, test.database) } }
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(found == Array(repeating: "one", count: 200))
    }

    @Test func `a lookup cannot write`() async throws {
        let test = try await make(.sqlite)
        await #expect(throws: DatabaseError.self) {
            try await test.database.lookup { try $0.execute("INSERT INTO item (id, name) VALUES (1, 'x')", []) }
        }
        #expect(try await name(1, test.database) == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `a closed database answers no lookup`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        test.database.close()
        await #expect(throws: DatabaseError.self) { try await name(1, test.database) }
    }

    @Test(arguments: Dialect.allCases)
    func `a statement may be used again while its rows are read`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let sql = "SELECT id FROM item WHERE id >= $1 ORDER BY id"
        try await test.database.write { transaction in
            for id in 1...3 as ClosedRange<Int64> {
                try transaction.execute("INSERT INTO item (id, name) VALUES ($1, 'x')", [.integer(id)])
            }
        }
        let counts = try await test.database.read { connection in
            try connection.query(sql, [1]).map { row in
                try connection.query(sql, [.integer(try row.integer(0))]).count
            }
        }
        #expect(counts == [3, 2, 1])
        guard engine == .sqlite else { return }
        let nested = try await test.database.read { connection in
            var found: [Int] = []
            try connection.forEach(sql, [1]) { (row) throws(DatabaseError) in
                found.append(try connection.query(sql, [.integer(try row.integer(0))]).count)
            }
            return found
        }
        #expect(nested == [3, 2, 1])
    }
}
