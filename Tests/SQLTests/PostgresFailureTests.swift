import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import SQL

/// What only a server can do to us. Tests that stop it have one of their own.
@Suite struct PostgresFailureTests {
    private func make(_ timeouts: PostgresTimeouts = PostgresTimeouts()) async throws -> PostgresDatabase {
        let connection = try PostgresCluster.shared().makeDatabase()
        return try await prepared(PostgresDatabase(connectionString: Secret(connection), timeouts: timeouts))
    }

    private func prepared(_ database: PostgresDatabase) async throws -> PostgresDatabase {
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)")
            try transaction.execute("INSERT INTO t (id, value) VALUES (1, 0), (2, 0)")
        }
        return database
    }

    private func values(_ database: PostgresDatabase) async throws -> [Int64] {
        try await database.read { connection in
            try connection.query("SELECT value FROM t ORDER BY id").map { try $0.integer(0) }
        }
    }

    private func isUnavailable(_ error: any Error) -> Bool {
        if case .unavailable = error as? DatabaseError { true } else { false }
    }

    @Test func `connections lost between transactions are made again unnoticed`() async throws {
        let database = try await make()
        for round in 1...3 {
            let writer = try await database.write { try $0.queryOne("SELECT pg_backend_pid()")?.integer(0) ?? 0 }
            let reader = try await database.read { try $0.queryOne("SELECT pg_backend_pid()")?.integer(0) ?? 0 }
            try PostgresCluster.shared().run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid IN (\(writer), \(reader))",
                in: "postgres")
            try await database.write { try $0.execute("UPDATE t SET value = value + 1") }
            #expect(try await values(database) == [Int64(round), Int64(round)])
        }
    }

    @Test func `a connection lost before the commit was asked for repeats the body`() async throws {
        let database = try await make()
        let runs = Lock(0)
        try await database.write { transaction in
            let isFirst = runs.withLock { count in
                count += 1
                return count == 1
            }
            try transaction.execute("UPDATE t SET value = value + 1")
            if isFirst { _ = try transaction.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        #expect(runs.withLock { $0 } == 2)
        #expect(try await values(database) == [1, 1])
    }

    /// CR-01: nobody is told "done" or "not done" when it is neither.
    @Test func `a connection lost during the commit is unavailable and nothing is repeated`() async throws {
        let database = try await make()
        try await database.write { transaction in
            try transaction.execute(
                """
                CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$
                """)
            try transaction.execute(
                """
                CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION cut()
                """)
        }
        let runs = Lock(0)
        await #expect {
            try await database.write { transaction in
                runs.withLock { $0 += 1 }
                try transaction.execute("UPDATE t SET value = value + 1 WHERE id = 1")
            }
        } throws: {
            isUnavailable($0)
        }
        #expect(runs.withLock { $0 } == 1)
        #expect(try await values(database) == [0, 0])
        try await database.write { try $0.execute("INSERT INTO t (id, value) VALUES (3, 3)") }
        #expect(try await values(database) == [0, 0, 3])
    }

    @Test func `a deadlock between replicas is solved by running a batch again`() async throws {
        let database = try await make()
        let other = PostgresDatabase(connectionString: Secret(try await connectionString(database)))
        let flags = [Flag(), Flag()]
        let update = { @Sendable (database: PostgresDatabase, mine: Int) in
            try await database.write { transaction in
                let sql = "UPDATE t SET value = value + 1 WHERE id = $1"
                try transaction.execute(sql, [SQLValue(mine + 1)])
                flags[mine].raise()
                try flags[1 - mine].waitBlocking()
                try transaction.execute(sql, [SQLValue(2 - mine)])
            }
        }
        async let first = update(database, 0)
        async let second = update(other, 1)
        _ = try await (first, second)
        #expect(try await values(database) == [2, 2])
    }

    private func connectionString(_ database: PostgresDatabase) async throws -> String {
        let row = try await database.read { connection in
            try connection.queryOne(
                "SELECT current_setting('unix_socket_directories'), current_setting('port'), current_schema()::text")
        }
        let values = try [0, 1, 2].map { try row?.text($0) ?? "" }
        return "host=\(values[0]) port=\(values[1]) user=latchkey dbname=postgres options='-c search_path=\(values[2])'"
    }

    @Test func `a lock that is not let go is busy, for its body alone`() async throws {
        let database = try await make()
        let impatient = PostgresDatabase(
            connectionString: Secret(try await connectionString(database)),
            timeouts: PostgresTimeouts(lock: .milliseconds(50)))
        let isLocked = Flag()
        let mayGo = Flag()
        async let holding: Void = database.write { transaction in
            try transaction.execute("UPDATE t SET value = 5 WHERE id = 1")
            isLocked.raise()
            try mayGo.waitBlocking()
        }
        try await isLocked.wait()
        await #expect(throws: DatabaseError.busy) {
            try await impatient.write { try $0.execute("UPDATE t SET value = 6 WHERE id = 1") }
        }
        try await impatient.write { try $0.execute("UPDATE t SET value = 7 WHERE id = 2") }
        mayGo.raise()
        try await holding
        #expect(try await values(database) == [5, 7])
    }

    @Test func `a statement that takes too long is busy, and the connection goes on`() async throws {
        let database = try await make(PostgresTimeouts(statement: .milliseconds(50)))
        await #expect(throws: DatabaseError.busy) {
            try await database.write { _ = try $0.query("SELECT 1 FROM pg_sleep(5)") }
        }
        #expect(try await values(database) == [0, 0])
    }

    @Test func `a schema changed by another replica does not break prepared statements`() async throws {
        let database = try await make()
        let other = PostgresDatabase(connectionString: Secret(try await connectionString(database)))
        let read = { @Sendable in try await database.read { try $0.query("SELECT * FROM t WHERE id = $1", [1]) } }
        #expect(try await read().first?.values.count == 2)
        try await other.write { try $0.execute("ALTER TABLE t ADD COLUMN more TEXT") }
        #expect(try await read().first?.values.count == 3)
        let write = { @Sendable in try await database.write { try $0.query("SELECT * FROM t").first?.values.count } }
        #expect(try await write() == 3)
        try await other.write { try $0.execute("ALTER TABLE t DROP COLUMN more") }
        #expect(try await write() == 2)
    }

    @Test func `a server that is down is unavailable at once, and is found again`() async throws {
        let cluster = try PostgresCluster()
        let connection = Secret(try cluster.makeDatabase())
        let database = try await prepared(PostgresDatabase(connectionString: connection))
        cluster.crash()
        await #expect {
            try await database.write { try $0.execute("UPDATE t SET value = 1") }
        } throws: {
            isUnavailable($0)
        }
        await #expect {
            try await values(database)
        } throws: {
            isUnavailable($0)
        }
        try cluster.start()
        try await database.write { try $0.execute("UPDATE t SET value = value + 1") }
        #expect(try await values(database) == [1, 1])
        database.close()
        cluster.stop()
    }

    /// CR-01
    @Test func `what was answered survives a crash of the server`() async throws {
        let cluster = try PostgresCluster()
        let database = try await prepared(PostgresDatabase(connectionString: Secret(try cluster.makeDatabase())))
        let answered = Lock<[Int64]>([])
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    for number in 0..<Int64.max {
                        let id = 10 + number * 8 + Int64(caller)
                        let sql = "INSERT INTO t (id, value) VALUES ($1, 0)"
                        guard (try? await database.write { try $0.execute(sql, [.integer(id)]) }) == 1 else { return }
                        answered.withLock { $0.append(id) }
                    }
                }
            }
            try? await waitUntil("some answers") { answered.withLock { $0.count } > 200 }
            cluster.crash()
        }
        try cluster.start()
        let kept = try await database.read { connection in
            Set(try connection.query("SELECT id FROM t").map { try $0.integer(0) })
        }
        #expect(kept.isSuperset(of: answered.withLock { $0 }))
        database.close()
        cluster.stop()
    }

    @Test func `a server that stops answering is unavailable after a while, and a new connection is made`() async throws
    {
        var timeouts = PostgresTimeouts(statement: .milliseconds(100))
        timeouts.grace = .milliseconds(200)
        let database = try await make(timeouts)
        let backend = try await database.write { try $0.queryOne("SELECT pg_backend_pid()")?.integer(0) ?? 0 }
        kill(pid_t(backend), SIGSTOP)
        defer { kill(pid_t(backend), SIGCONT) }
        /// Nothing was committed, so the batch is begun again, on a new connection.
        try await database.write { try $0.execute("UPDATE t SET value = 1 WHERE id = 1") }
        #expect(try await values(database) == [1, 0])
    }

    @Test func `a wrong address is unavailable`() async throws {
        let database = PostgresDatabase(connectionString: Secret("host=127.0.0.1 port=\(freePort()) user=x dbname=x"))
        await #expect {
            try await database.read { try $0.query("SELECT 1") }
        } throws: {
            isUnavailable($0)
        }
    }
}
