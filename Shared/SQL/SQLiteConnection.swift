import CSQLite
import Glibc

/// One connection to a SQLite file; opened without a mutex, used by one thread at a time.
final class SQLiteConnection: EngineConnection {
    private let database: OpaquePointer
    /// Statements by their text.
    private var statements: [String: SQLiteStatement] = [:]

    private static let maximumStatements = 256

    init(path: String, busyDeadline: Duration) throws(DatabaseError) {
        var database: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &database, flags, nil)
        guard code == SQLITE_OK, let database else {
            let error = SQLiteError.translated(code, database)
            sqlite3_close_v2(database)
            throw error
        }
        self.database = database
        latchkey_sqlite3_harden(database)
        let milliseconds =
            busyDeadline.components.seconds * 1_000
            + busyDeadline.components.attoseconds / 1_000_000_000_000_000
        sqlite3_busy_timeout(database, Int32(clamping: milliseconds))
        try setUp()
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(database)
    }

    private func setUp() throws(DatabaseError) {
        guard try query("PRAGMA journal_mode = WAL") == [Row(["wal"])] else {
            throw .failed("the write-ahead log could not be switched on")
        }
        for setting in [
            "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON",
            "temp_store = MEMORY", "journal_size_limit = 67108864",
        ] {
            try run(["PRAGMA " + setting])
        }
    }

    /// From now on a statement that would wait for another process fails at once with `busy`.
    func neverWait() {
        sqlite3_busy_timeout(database, 0)
    }

    var dialect: Dialect { .sqlite }
    var isUsable: Bool { true }

    /// SQLite itself rolls a transaction back when the disk is full or fails; only then is it out of it.
    var condition: TransactionCondition {
        sqlite3_get_autocommit(database) == 0 ? .intact : .lost
    }

    func begin(_ mode: TransactionMode) throws(DatabaseError) {
        switch mode {
        case .reading: try run(["BEGIN"])
        case .writing: try run(["BEGIN IMMEDIATE"])
        }
    }

    func commit() throws(DatabaseError) {
        try run(["COMMIT"])
    }

    func rollBack() {
        if sqlite3_get_autocommit(database) == 0 { _ = try? run(["ROLLBACK"]) }
    }

    func run(_ commands: [String]) throws(DatabaseError) {
        for command in commands {
            try withStatement(command, []) { (statement) throws(DatabaseError) in
                while try self.step(statement) {}
            }
        }
    }

    func allowLongStatements() {}

    func query(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [Row] {
        var rows: [Row] = []
        try forEach(sql, parameters) { row in rows.append(row) }
        return rows
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Int {
        let before = sqlite3_total_changes64(database)
        try withStatement(sql, parameters) { (statement) throws(DatabaseError) in
            while try self.step(statement) {}
        }
        return sqlite3_total_changes64(database) == before ? 0 : Int(sqlite3_changes64(database))
    }

    func forEach(
        _ sql: String, _ parameters: [SQLValue], _ body: (Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try withStatement(sql, parameters) { (statement) throws(DatabaseError) in
            while try self.step(statement) { try body(try statement.row()) }
        }
    }

    /// Whether there is a row.
    private func step(_ statement: SQLiteStatement) throws(DatabaseError) -> Bool {
        switch sqlite3_step(statement.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError.translated(code, database)
        }
    }

    /// Lends a statement ready to step. The body may use the same text again: it gets another statement.
    private func withStatement(
        _ sql: String, _ parameters: [SQLValue], _ body: (SQLiteStatement) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let statement = try takeStatement(sql)
        defer {
            sqlite3_reset(statement.handle)
            sqlite3_clear_bindings(statement.handle)
            statement.isInUse = false
        }
        try statement.bind(parameters)
        try body(statement)
    }

    private func takeStatement(_ sql: String) throws(DatabaseError) -> SQLiteStatement {
        let kept = statements[sql]
        let statement: SQLiteStatement
        if let kept, !kept.isInUse { statement = kept } else { statement = try SQLiteStatement(database, sql) }
        if kept == nil {
            if statements.count >= Self.maximumStatements { statements = [:] }
            statements[sql] = statement
        }
        statement.isInUse = true
        return statement
    }
}
