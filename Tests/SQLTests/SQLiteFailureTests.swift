import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import SQL

/// What only a file can do to us.
@Suite struct SQLiteFailureTests {
    private func make(_ folder: TemporaryFolder, busyDeadline: Duration = .seconds(5)) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: folder.file("a.db"), busyDeadline: busyDeadline)
        try await database.write { transaction in
            try transaction.execute(
                "CREATE TABLE IF NOT EXISTS t (id INTEGER NOT NULL PRIMARY KEY, value BLOB) STRICT")
        }
        return database
    }

    private func ids(_ database: SQLiteDatabase) async throws -> [Int64] {
        try await database.read { connection in
            try connection.query("SELECT id FROM t ORDER BY id").map { try $0.integer(0) }
        }
    }

    private func insert(_ transaction: Transaction, _ id: Int, bytes: Int = 1) throws {
        try transaction.execute(
            "INSERT INTO t (id, value) VALUES ($1, $2)", [SQLValue(id), .blob([UInt8](repeating: 7, count: bytes))])
    }

    /// CR-02
    @Test func `the log is written ahead and synchronously`() async throws {
        let folder = TemporaryFolder()
        let database = try await make(folder)
        let settings = try await database.write { transaction in
            try ["journal_mode", "synchronous", "foreign_keys", "trusted_schema"].map { name in
                try transaction.query("PRAGMA \(name)").first?.values.first
            }
        }
        #expect(settings == ["wal", 2, 1, 0])
    }

    /// CR-01, CR-02: the files as they are at the moment of the answer hold what was answered.
    @Test func `what was answered survives the end of the process`() async throws {
        let folder = TemporaryFolder()
        let database = try await make(folder)
        try await database.write { try insert($0, 1) }
        for name in ["a.db", "a.db-wal"] {
            let source = folder.file(name)
            try runSuccessfully("cp", [source, folder.file("copy" + name)])
        }
        let copy = try SQLiteDatabase(path: folder.file("copya.db"), mustExist: true)
        #expect(try await ids(copy) == [1])
    }

    /// CR-01: another process is killed without warning while it writes.
    @Test func `a log left by a killed process is taken over`() async throws {
        let folder = TemporaryFolder()
        let database = try await make(folder)
        let killed = try ChildProcess(
            "python3",
            [
                "-c",
                """
                import sqlite3, time
                c = sqlite3.connect('\(folder.file("a.db"))', isolation_level=None)
                c.execute('PRAGMA synchronous = FULL')
                c.execute('INSERT INTO t (id) VALUES (1)')
                c.execute('BEGIN IMMEDIATE')
                c.execute('INSERT INTO t (id) VALUES (2)')
                print('ready', flush=True)
                time.sleep(60)
                """,
            ])
        try killed.waitForOutput("ready")
        killed.kill()
        try killed.wait()
        try await database.write { try insert($0, 3) }
        #expect(try await ids(database) == [1, 3])
    }

    @Test func `the file is readable by its owner only`() async throws {
        let folder = TemporaryFolder()
        let database = try await make(folder)
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            var status = stat()
            #expect(stat(folder.file(name), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
        withExtendedLifetime(database) {}
    }

    @Test func `a file that must exist is not made`() {
        let folder = TemporaryFolder()
        #expect(throws: DatabaseError.self) {
            try SQLiteDatabase(path: folder.file("a.db"), mustExist: true)
        }
        #expect(readFile(folder.file("a.db")).isEmpty)
        #expect(access(folder.file("a.db"), F_OK) != 0)
    }

    @Test func `a file that is no database is refused`() {
        let folder = TemporaryFolder()
        let path = folder.write("a.db", String(repeating: "This is no database. ", count: 100))
        #expect(throws: DatabaseError.failed("file is not a database")) { try SQLiteDatabase(path: path) }
    }

    @Test func `another process that holds the file makes a write wait, then busy`() async throws {
        let folder = TemporaryFolder()
        let holder = try await make(folder)
        let impatient = try await make(folder, busyDeadline: .milliseconds(30))
        let patient = try await make(folder)
        let isHeld = Flag()
        let mayGo = Flag()
        async let holding: Void = holder.write { transaction in
            try insert(transaction, 1)
            isHeld.raise()
            try mayGo.waitBlocking()
        }
        try await isHeld.wait()
        await #expect(throws: DatabaseError.busy) { try await impatient.write { try insert($0, 2) } }
        async let waiting: Void = patient.write { try insert($0, 3) }
        mayGo.raise()
        try await holding
        try await waiting
        try await impatient.write { try insert($0, 4) }
        #expect(try await ids(holder) == [1, 3, 4])
    }

    /// A small limit on pages stands for the disk: the engine answers both with SQLITE_FULL.
    @Test func `a full disk fails one body whole, and the writer goes on`() async throws {
        let folder = TemporaryFolder()
        let database = try await make(folder)
        try await database.write { _ = try $0.query("PRAGMA max_page_count = 40") }
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for id in 1...20 {
                group.addTask {
                    do {
                        try await database.write { transaction in
                            try insert(transaction, id * 10)
                            if id % 5 == 0 { try insert(transaction, id * 10 + 1, bytes: 400_000) }
                        }
                        return (id, true)
                    } catch DatabaseError.full {
                        return (id, false)
                    } catch {
                        Issue.record(error)
                        return (id, false)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for id in 1...20 { #expect(outcomes[id] == (id % 5 != 0), "\(id)") }
        #expect(try await ids(database) == (1...20).filter { $0 % 5 != 0 }.map { Int64($0 * 10) })
        try await database.write { try insert($0, 7) }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    func `a real full disk is an error, and nothing is half done`() async throws {
        let disk = try SmallDisk()
        let database = try SQLiteDatabase(path: disk.path + "/a.db")
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, value BLOB) STRICT")
        }
        var failures = 0
        for id in 1...40 {
            do {
                try await database.write { try insert($0, id, bytes: 100_000) }
            } catch DatabaseError.full {
                failures += 1
            }
        }
        #expect(failures > 0)
        let sizes = try await database.read { try $0.query("SELECT count(*), min(length(value)) FROM t") }
        #expect(sizes == [Row([SQLValue(40 - failures), 100_000])])
        try disk.grow()
        try await database.write { try insert($0, 100, bytes: 100_000) }
        database.close()
    }

    /// A writer under load and a reader in its way share the file without errors.
    @Test func `two processes write side by side`() async throws {
        let folder = TemporaryFolder()
        let databases = [try await make(folder), try await make(folder)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                let database = databases[number % 2]
                group.addTask { try await database.write { try insert($0, number) } }
                if number % 10 == 0 { group.addTask { _ = try await ids(database) } }
            }
            try await group.waitForAll()
        }
        #expect(try await ids(databases[0]).count == 200)
    }
}
