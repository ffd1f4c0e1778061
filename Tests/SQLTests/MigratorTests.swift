import Model
import SQL
import TestSupport
import Testing

@Suite struct MigratorTests {
    private let now = Timestamp(seconds: 1_000)
    private let first = Migration(
        version: 1, name: "people", statements: ["CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY) STRICT"])
    private let second = Migration(
        version: 2, name: "names", statements: ["ALTER TABLE people ADD COLUMN name TEXT"],
        sqlite: ["CREATE VIEW engine AS SELECT 'sqlite' AS name"],
        postgres: ["CREATE VIEW engine AS SELECT 'postgres' AS name"])

    @Test(arguments: Dialect.allCases)
    func `steps are applied in order, once`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        #expect(try await Migrator.pending(test.database, [second, first]) == [first, second])
        try await Migrator.migrate(test.database, [second, first], now: now)
        try await Migrator.migrate(test.database, [first, second], now: now)
        #expect(try await Migrator.pending(test.database, [first, second]) == [])
        try await test.database.write { try $0.execute("INSERT INTO people (id, name) VALUES (1, 'a')") }
        let name = try await test.database.read { try $0.queryOne("SELECT name FROM engine")?.text(0) }
        #expect(name == engine.rawValue)
    }

    @Test(arguments: Dialect.allCases)
    func `a later step is applied to a database with data`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        try await Migrator.migrate(test.database, [first], now: now)
        try await test.database.write { try $0.execute("INSERT INTO people (id) VALUES (1)") }
        try await Migrator.migrate(test.database, [first, second], now: now)
        #expect(try await test.database.read { try $0.query("SELECT id, name FROM people") } == [Row([1, nil])])
    }

    @Test(arguments: Dialect.allCases)
    func `an edited step is refused`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        try await Migrator.migrate(test.database, [first], now: now)
        let edited = Migration(version: 1, name: "people", statements: first.statements.map { $0 + " " })
        await #expect(throws: MigrationError.changed(version: 1, name: "people")) {
            try await Migrator.migrate(test.database, [edited, second], now: now)
        }
        #expect(try await Migrator.pending(test.database, [first, second]) == [second])
    }

    @Test(arguments: Dialect.allCases)
    func `a database of a newer program is refused`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        try await Migrator.migrate(test.database, [first, second], now: now)
        await #expect(throws: MigrationError.unknown(version: 2, name: "names")) {
            try await Migrator.migrate(test.database, [first], now: now)
        }
        await #expect(throws: MigrationError.unknown(version: 2, name: "names")) {
            try await Migrator.pending(test.database, [first])
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a step older than one applied is refused`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        let third = Migration(version: 3, name: "third", statements: ["CREATE TABLE third (id INTEGER) STRICT"])
        try await Migrator.migrate(test.database, [first, third], now: now)
        await #expect(throws: MigrationError.outOfOrder(version: 2, name: "names")) {
            try await Migrator.migrate(test.database, [first, second, third], now: now)
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a step that fails leaves nothing behind`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        let broken = Migration(
            version: 2, name: "broken",
            statements: ["CREATE TABLE half (id INTEGER) STRICT", "INSERT INTO nowhere VALUES (1)"])
        await #expect {
            try await Migrator.migrate(test.database, [first, broken], now: now)
        } throws: { error in
            if case .failed(version: 2, name: "broken", _) = error as? MigrationError { true } else { false }
        }
        #expect(try await Migrator.pending(test.database, [first]) == [first])
        await #expect(throws: DatabaseError.self) {
            try await test.database.read { try $0.query("SELECT id FROM half") }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `components have versions of their own`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        let other = Migration(version: 1, name: "other", statements: ["CREATE TABLE other (id INTEGER) STRICT"])
        try await Migrator.migrate(test.database, [first], component: "one", now: now)
        try await Migrator.migrate(test.database, [other], component: "two", now: now)
        #expect(try await Migrator.pending(test.database, [other], component: "two") == [])
    }

    @Test func `a version twice or below one is refused`() async throws {
        let test = try TestDatabase(.sqlite)
        await #expect(throws: MigrationError.badVersion(1)) {
            try await Migrator.migrate(test.database, [first, first], now: now)
        }
        await #expect(throws: MigrationError.badVersion(0)) {
            try await Migrator.migrate(test.database, [Migration(version: 0, name: "", statements: [])], now: now)
        }
    }

    @Test(arguments: Dialect.allCases)
    func `processes that start together migrate once`(_ engine: Dialect) async throws {
        let test = try TestDatabase(engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                let database = try test.openAgain()
                group.addTask {
                    try await Migrator.migrate(database, [first, second], now: now)
                    database.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Migrator.pending(test.database, [first, second]) == [])
    }
}
