import Model
import SQL
import TestSupport
import Testing

/// What both engines must do alike. A test gets an empty database of its own.
@Suite struct ConformanceTests {
    private static let schema = [
        "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY) STRICT",
        """
        CREATE TABLE item (
            id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes BLOB,
            parent INTEGER REFERENCES parent (id), weight INTEGER CHECK (weight > 0)
        ) STRICT
        """,
    ]

    private func make(_ engine: Dialect) async throws -> TestDatabase {
        let test = try TestDatabase(engine)
        let migration = Migration(version: 1, name: "tables", statements: Self.schema)
        try await Migrator.migrate(test.database, [migration], now: Timestamp(seconds: 0))
        return test
    }

    private func add(_ transaction: Transaction, _ id: Int64, _ name: String, _ bytes: [UInt8]? = nil) throws {
        try transaction.execute(
            "INSERT INTO item (id, name, bytes) VALUES ($1, $2, $3)", [.integer(id), .text(name), SQLValue(bytes)])
    }

    @Test(arguments: Dialect.allCases)
    func `values come back as they went in`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let texts = ["", "Åsa 'quoted' \"double\" \\x41 $1", "e\u{301}", "👩‍👩‍👧", "line\r\nbreak"]
        let blobs: [[UInt8]?] = [nil, [], [0, 1, 255, 0], Array(repeating: 92, count: 70_000), [39]]
        try await test.database.write { transaction in
            for (index, (text, blob)) in zip(texts, blobs).enumerated() {
                try add(transaction, index == 0 ? .min : .max - Int64(index), text, blob)
            }
        }
        let rows = try await test.database.read { try $0.query("SELECT id, name, bytes FROM item") }
        for (index, (text, blob)) in zip(texts, blobs).enumerated() {
            let row = Row([.integer(index == 0 ? .min : .max - Int64(index)), .text(text), SQLValue(blob)])
            #expect(rows.contains(row), "\(index)")
        }
        let bytes = try rows.map { Array(try $0.text(1).utf8) }
        #expect(Set(bytes) == Set(texts.map { Array($0.utf8) }))
    }

    @Test(arguments: Dialect.allCases)
    func `placeholders go by number, in any order and more than once`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let row = try await test.database.write { transaction in
            try transaction.execute("INSERT INTO item (name, weight, id) VALUES ($3, $1, $2)", [7, 1, "a"])
            return try transaction.queryOne(
                "SELECT weight, name FROM item WHERE name = $2 AND (id = $1 OR weight = $1)", [7, "a"])
        }
        #expect(row == Row([7, "a"]))
    }

    @Test(arguments: Dialect.allCases)
    func `a wrong number of values is refused`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        await #expect(throws: DatabaseError.self) {
            try await test.database.read { try $0.query("SELECT id FROM item WHERE id = $1", []) }
        }
        await #expect(throws: DatabaseError.self) {
            try await test.database.read { try $0.query("SELECT id FROM item WHERE id = $1", [1, 2]) }
        }
    }

    /// IN-04
    @Test(arguments: Dialect.allCases)
    func `values cannot become part of a statement, and a text holds one statement`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let attack = "x'); DROP TABLE item; --"
        try await test.database.write { try add($0, 1, attack) }
        let count = try await test.database.read { connection in
            try connection.queryOne("SELECT count(*) FROM item WHERE name = $1", [.text(attack)])?.integer(0)
        }
        #expect(count == 1)
        await #expect(throws: DatabaseError.self) {
            try await test.database.write { try $0.execute("DELETE FROM item; DELETE FROM parent") }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `text with a NUL is refused`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        await #expect(throws: DatabaseError.unexpectedValue("text with a NUL")) {
            try await test.database.write { try add($0, 1, "a\0b") }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `text where a number belongs is refused and not quoted in the error`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        do {
            try await test.database.write { transaction in
                try transaction.execute("INSERT INTO item (id, name) VALUES ($1, $2)", ["hunter2", "a"])
            }
            Issue.record("it was taken")
        } catch let error as DatabaseError {
            guard case .unexpectedValue(let text) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!text.contains("hunter2"))
        }
    }

    @Test(
        arguments: Dialect.allCases,
        [
            "INSERT INTO item (id, name) VALUES (1, 'b')", "INSERT INTO item (id, name) VALUES (2, 'a')",
            "INSERT INTO item (id, name) VALUES (2, NULL)", "INSERT INTO item (id, name, parent) VALUES (2, 'b', 9)",
            "INSERT INTO item (id, name, weight) VALUES (2, 'b', 0)",
        ])
    func `a rule of the schema is a constraint`(_ engine: Dialect, _ sql: String) async throws {
        let test = try await make(engine)
        try await test.database.write { try add($0, 1, "a") }
        do {
            try await test.database.write { try $0.execute(sql) }
            Issue.record("it was taken")
        } catch let error as DatabaseError {
            guard case .constraint = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a defect in a statement is a failure, and the connection goes on`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        for _ in 0..<2 {
            await #expect {
                try await test.database.write { try $0.execute("UPDATE nowhere SET a = 1") }
            } throws: { error in
                if case .failed = error as? DatabaseError { true } else { false }
            }
        }
        try await test.database.write { try add($0, 1, "a") }
    }

    @Test(arguments: Dialect.allCases)
    func `execute answers how many rows it changed`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let counts = try await test.database.write { transaction in
            for id in 1...3 { try add(transaction, Int64(id), "n\(id)") }
            return [
                try transaction.execute("UPDATE item SET weight = 5 WHERE id > $1", [1]),
                try transaction.execute("UPDATE item SET weight = 5 WHERE id > $1", [9]),
                try transaction.execute("SELECT id FROM item"),
                try transaction.execute("DELETE FROM item WHERE id = $1", [3]),
                try transaction.execute("CREATE INDEX weights ON item (weight)"),
                try transaction.execute(
                    "INSERT INTO item (id, name) VALUES (1, 'n1') ON CONFLICT (id) DO NOTHING"),
            ]
        }
        #expect(counts == [2, 0, 0, 1, 0, 0])
    }

    @Test(arguments: Dialect.allCases)
    func `a changing statement can return rows`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let row = try await test.database.write { transaction in
            try transaction.queryOne("INSERT INTO item (id, name) VALUES ($1, $2) RETURNING id, name", [4, "d"])
        }
        #expect(row == Row([4, "d"]))
    }

    @Test(arguments: Dialect.allCases)
    func `rows are streamed whole and in order`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        try await test.database.write { transaction in
            for id in 1...1_201 { try add(transaction, Int64(id), "n\(id)") }
        }
        let ids = try await test.database.read { connection in
            var ids: [Int64] = []
            try connection.forEach("SELECT id FROM item WHERE id > $1 ORDER BY id", [1]) {
                (row) throws(DatabaseError) in ids.append(try row.integer(0))
            }
            return ids
        }
        #expect(ids == Array(2...1_201))
    }

    @Test(arguments: Dialect.allCases)
    func `streams of the same statement can be nested, with statements between`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let sums = try await test.database.write { transaction in
            for id in 1...3 { try add(transaction, Int64(id), "n\(id)") }
            var sums: [Int64] = []
            let sql = "SELECT id FROM item ORDER BY id"
            try transaction.forEach(sql, []) { (outer) throws(DatabaseError) in
                try transaction.forEach(sql, []) { (inner) throws(DatabaseError) in
                    sums.append(try outer.integer(0) * 10 + inner.integer(0))
                }
            }
            return sums
        }
        #expect(sums == [11, 12, 13, 21, 22, 23, 31, 32, 33])
    }

    @Test(arguments: Dialect.allCases)
    func `an error of the body ends a stream, and the connection goes on`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        try await test.database.write { transaction in
            for id in 1...3 { try add(transaction, Int64(id), "n\(id)") }
        }
        for _ in 0..<4 {
            await #expect(throws: DatabaseError.failed("enough")) {
                try await test.database.read { connection in
                    try connection.forEach("SELECT id FROM item", []) { (_) throws(DatabaseError) in
                        throw .failed("enough")
                    }
                }
            }
        }
        #expect(try await test.database.read { try $0.query("SELECT id FROM item").count } == 3)
    }

    @Test(arguments: Dialect.allCases)
    func `a reader cannot write`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        await #expect(throws: DatabaseError.self) {
            try await test.database.read { try $0.execute("INSERT INTO item (id, name) VALUES (1, 'a')") }
        }
        #expect(try await test.database.read { try $0.query("SELECT id FROM item") } == [])
    }

    @Test(arguments: Dialect.allCases)
    func `a reader sees one snapshot`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let hasRead = Flag()
        let hasWritten = Flag()
        async let counts = test.database.read { connection in
            let before = try connection.query("SELECT id FROM item").count
            hasRead.raise()
            try hasWritten.waitBlocking()
            return [before, try connection.query("SELECT id FROM item").count]
        }
        try await hasRead.wait()
        try await test.database.write { try add($0, 1, "a") }
        hasWritten.raise()
        #expect(try await counts == [0, 0])
        #expect(try await test.database.read { try $0.query("SELECT id FROM item").count } == 1)
    }

    @Test(arguments: Dialect.allCases)
    func `text is sorted by its bytes`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let names = ["a", "B", "Z", "_", "é", "ab", "a b", "~"]
        try await test.database.write { transaction in
            for (id, name) in names.enumerated() { try add(transaction, Int64(id), name) }
        }
        let sorted = try await test.database.read { connection in
            try connection.query("SELECT name FROM item ORDER BY name").map { try $0.text(0) }
        }
        #expect(sorted == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test(arguments: Dialect.allCases)
    func `sums, counts and comparisons are integers`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let row = try await test.database.write { transaction in
            try transaction.execute("INSERT INTO item (id, name, weight) VALUES (1, 'a', 3), (2, 'b', 4)")
            return try transaction.queryOne(
                "SELECT sum(weight), count(*), max(id) = $1, max(id) < $1, sum(parent) FROM item", [2])
        }
        #expect(row == Row([7, 2, 1, 0, nil]))
    }

    @Test(arguments: Dialect.allCases)
    func `a closed database is unavailable`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        test.database.close()
        await #expect(throws: DatabaseError.unavailable("the database is closed")) {
            try await test.database.write { try add($0, 1, "a") }
        }
        await #expect(throws: DatabaseError.unavailable("the database is closed")) {
            try await test.database.read { try $0.query("SELECT 1") }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `more different statements than are kept prepared are no problem`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let sum = try await test.database.read { connection in
            var sum: Int64 = 0
            for number in 1...600 { sum += try connection.query("SELECT \(number)").first?.integer(0) ?? 0 }
            return sum
        }
        #expect(sum == 180_300)
    }
}
