import Model
import Platform
import TestSupport
import Testing

@testable import SQL

/// The group commit writer, on both engines.
@Suite struct GroupCommitTests {
    private struct Refusal: Error, Equatable {
        let number: Int
    }

    private func make(_ engine: Dialect) async throws -> TestDatabase {
        let test = try TestDatabase(engine)
        try await test.database.write { transaction in
            let types = engine == .sqlite ? "INTEGER" : "BIGINT"
            try transaction.execute("CREATE TABLE t (id \(types) NOT NULL PRIMARY KEY, value \(types) NOT NULL)")
        }
        return test
    }

    private func writer(_ test: TestDatabase) -> GroupCommitWriter? {
        (test.database as? SQLiteDatabase)?.writer ?? (test.database as? PostgresDatabase)?.writer
    }

    private func ids(_ database: any Database) async throws -> [Int64] {
        try await database.read { connection in
            try connection.query("SELECT id FROM t ORDER BY id").map { try $0.integer(0) }
        }
    }

    /// Runs a body many times so that all of them are in one batch: the writer is held up until they wait.
    private func inOneBatch<T: Sendable>(
        _ test: TestDatabase, _ count: Int, _ body: @escaping @Sendable (Int, Transaction) throws -> T
    ) async throws -> [Result<T, any Error>] {
        let writer = try #require(self.writer(test))
        let isHeld = Flag()
        return try await withThrowingTaskGroup(of: (Int, Result<T, any Error>).self) { group in
            async let holding: Void = test.database.write { _ in
                isHeld.raise()
                try waitBlocking(.seconds(10), "\(count) bodies") { writer.waiting == count }
            }
            try await isHeld.wait()
            for index in 0..<count {
                group.addTask {
                    do {
                        return (index, .success(try await test.database.write { try body(index, $0) }))
                    } catch {
                        return (index, .failure(error))
                    }
                }
                if index + 1 < count { try await waitUntil("this body") { writer.waiting == index + 1 } }
            }
            try await holding
            var results: [Int: Result<T, any Error>] = [:]
            for try await (index, result) in group { results[index] = result }
            return (0..<count).compactMap { results[$0] }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `what waits is committed together`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let before = try #require(writer(test)).statistics
        let results = try await inOneBatch(
            test, 32
        ) { try $1.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [SQLValue($0 + 1)]) }
        #expect(results.allSatisfy { (try? $0.get()) == 1 })
        try await waitUntil("the count") { writer(test)?.statistics.bodies == before.bodies + 33 }
        #expect(writer(test)?.statistics.commits == before.commits + 2)
        #expect(try await ids(test.database) == Array(1...32))
    }

    @Test(arguments: Dialect.allCases)
    func `a body that throws is undone alone and its error comes through`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let results = try await inOneBatch(
            test, 6
        ) { number, transaction in
            try transaction.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [SQLValue(number)])
            if number % 2 == 0 { throw Refusal(number: number) }
        }
        #expect(try await ids(test.database) == [1, 3, 5])
        for (number, result) in results.enumerated() {
            guard number % 2 == 0 else {
                try result.get()
                continue
            }
            #expect(throws: Refusal(number: number)) { try result.get() }
        }
    }

    @Test(arguments: Dialect.allCases)
    func `a batch in which every body throws changes nothing`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let results = try await inOneBatch(
            test, 3
        ) { number, transaction in
            try transaction.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [SQLValue(number)])
            throw Refusal(number: number)
        }
        #expect(results.allSatisfy { (try? $0.get()) == nil })
        #expect(try await ids(test.database) == [])
    }

    @Test(arguments: Dialect.allCases)
    func `a failed statement undoes its body even when the error is caught`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let results = try await inOneBatch(
            test, 3
        ) { number, transaction in
            try transaction.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [SQLValue(number * 10)])
            guard number == 1 else { return }
            _ = try? transaction.execute("INSERT INTO t (id, value) VALUES (0, 0)")
            _ = try? transaction.execute("INSERT INTO t (id, value) VALUES (11, 0)")
        }
        #expect(try await ids(test.database) == [0, 20])
        guard case .failure(DatabaseError.constraint) = results[1] else {
            Issue.record("\(results[1])")
            return
        }
    }

    /// AC-03, VS-09: what "exactly once" rests on.
    @Test(arguments: Dialect.allCases)
    func `of fifty parallel compare-and-sets exactly one wins`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let other = try test.openAgain()
        defer { other.close() }
        try await test.database.write { try $0.execute("INSERT INTO t (id, value) VALUES (1, 0)") }
        let wins = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...50 {
                let database = number % 2 == 0 ? test.database : other
                group.addTask {
                    try await database.write { transaction in
                        try transaction.execute(
                            "UPDATE t SET value = $1 WHERE id = 1 AND value = 0", [SQLValue(number)])
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wins == 1)
    }

    @Test(arguments: Dialect.allCases)
    func `numbers given by a participant have no gaps whatever fails`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let counter = RecordingCounter()
        let results = try await inOneBatch(
            test, 40
        ) { number, transaction in
            if number % 7 == 3 { throw Refusal(number: number) }
            let next = try counter.next(in: transaction)
            if number % 3 == 0 { throw Refusal(number: number) }
            if number % 5 == 1 { try transaction.execute("INSERT INTO nowhere VALUES (1)") }
            return next
        }
        let given = results.compactMap { try? $0.get() }
        let expected = (0..<40).filter { $0 % 7 != 3 && $0 % 3 != 0 && $0 % 5 != 1 }.count
        #expect(given.count == expected)
        #expect(given == Array(1...Int64(given.count)))
        #expect(try await ids(test.database) == given)
        #expect(counter.events.filter { $0 == "finish \(expected)" }.count == 1)
        #expect(counter.events.last == "committed")
    }

    @Test(arguments: Dialect.allCases)
    func `when a participant cannot finish, nobody's body is committed`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        let counter = RecordingCounter(failsToFinish: true)
        let results = try await inOneBatch(
            test, 2
        ) { try counter.next(in: $1) }
        for result in results {
            #expect(throws: DatabaseError.failed("finish")) { try result.get() }
        }
        #expect(try await ids(test.database) == [])
        #expect(counter.events.last == "aborted")
    }

    @Test(arguments: Dialect.allCases)
    func `writes of one caller are seen by its next read`(_ engine: Dialect) async throws {
        let test = try await make(engine)
        for id in 1...20 {
            try await test.database.write {
                try $0.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [SQLValue(id)])
            }
            #expect(try await ids(test.database).count == id)
        }
    }

    @Test func `an idle writer uses no processor time`() async throws {
        let test = try await make(.sqlite)
        let before = processorTime("sqlite-write")
        await SystemClock().sleep(for: .milliseconds(200))
        #expect(processorTime("sqlite-write") - before < 10)
        withExtendedLifetime(test) {}
    }
}

/// Gives numbers from 1 on and writes a row for each, as an audit log does.
private final class RecordingCounter: BatchParticipant {
    private struct State {
        var value: Int64 = 0
        var mark: Int64 = 0
        var events: [String] = []
    }
    private let state = Lock(State())
    private let failsToFinish: Bool

    init(failsToFinish: Bool = false) {
        self.failsToFinish = failsToFinish
    }

    var events: [String] { state.withLock { $0.events } }

    func next(in transaction: Transaction) throws(DatabaseError) -> Int64 {
        try transaction.enlist(self)
        let next = state.withLock { state in
            state.value += 1
            return state.value
        }
        try transaction.execute("INSERT INTO t (id, value) VALUES ($1, 0)", [.integer(next)])
        return next
    }

    func begin(_ connection: any Connection) throws(DatabaseError) {
        let value = try connection.queryOne("SELECT max(id) FROM t")?.optionalInteger(0) ?? 0
        state.withLock { $0.value = value }
    }

    func mark() { state.withLock { $0.mark = $0.value } }
    func rollBack() { state.withLock { $0.value = $0.mark } }
    func committed() { state.withLock { $0.events.append("committed") } }
    func aborted() { state.withLock { $0.events.append("aborted") } }

    func finish(_ connection: any Connection) throws(DatabaseError) {
        if failsToFinish { throw .failed("finish") }
        state.withLock { $0.events.append("finish \($0.value)") }
    }
}
