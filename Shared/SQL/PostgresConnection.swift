import CPostgres
import Model

/// One connection to a PostgreSQL server, used by one thread at a time.
final class PostgresConnection: EngineConnection {
    private let session: PostgresSession
    private let timeouts: PostgresTimeouts
    /// Names of prepared statements by their text.
    private var statements: [String: String] = [:]
    private var lastStatement = 0
    private var lastCursor = 0
    private var commitWasAsked = false
    private(set) var condition = TransactionCondition.intact

    private static let maximumStatements = 256
    /// Rows fetched at a time when streaming.
    private static let fetchSize = 500

    init(_ connectionString: Secret, _ timeouts: PostgresTimeouts) throws(DatabaseError) {
        session = try PostgresSession(connectionString, timeouts)
        self.timeouts = timeouts
        guard session.serverVersion >= 140_000 else { throw .failed("PostgreSQL is older than 14") }
        guard session.reported("server_encoding") == "UTF8" else { throw .failed("the database is not UTF8") }
        try run([
            "SET statement_timeout = \(timeouts.statement.wholeMicroseconds / 1_000)",
            "SET lock_timeout = \(timeouts.lock.wholeMicroseconds / 1_000)",
            "SET idle_in_transaction_session_timeout = 60000", "SET bytea_output = 'hex'",
            "SET standard_conforming_strings = on", "SET default_transaction_isolation = 'read committed'",
            "SET cursor_tuple_fraction = 1.0",
            /// Durable means on disk (CR-01), whatever the server's own setting; stronger ones are left alone.
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        ])
    }

    var dialect: Dialect { .postgres }
    var isUsable: Bool { !session.isBroken }

    func begin(_ mode: TransactionMode) throws(DatabaseError) {
        condition = .intact
        commitWasAsked = false
        session.patience = timeouts.answer
        switch mode {
        case .reading: try run(["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"])
        case .writing: try run(["BEGIN"])
        }
    }

    func commit() throws(DatabaseError) {
        commitWasAsked = true
        let result = try translating { (session) throws(PostgresFailure) in
            try session.exchange { PQsendQuery($0, "COMMIT") }
        }
        /// A transaction with a failed statement answers COMMIT with ROLLBACK, and no error.
        guard result.tag == "COMMIT" else { throw .failed("the server rolled the transaction back") }
    }

    func rollBack() {
        guard isUsable else { return }
        let condition = condition
        _ = try? run(["ROLLBACK"])
        self.condition = condition
    }

    func run(_ commands: [String]) throws(DatabaseError) {
        let text = commands.joined(separator: "; ")
        _ = try translating { (session) throws(PostgresFailure) in try session.exchange { PQsendQuery($0, text) } }
    }

    func allowLongStatements() throws(DatabaseError) {
        try run(["SET LOCAL statement_timeout = 0", "SET LOCAL lock_timeout = 60000"])
        session.patience = .seconds(3_600)
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [Row] {
        let result = try runPrepared(sql, parameters)
        var rows: [Row] = []
        rows.reserveCapacity(result.count)
        try result.lendRows(to: { row in rows.append(row) })
        return rows
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Int {
        try runPrepared(sql, parameters).changes
    }

    /// Fetches through a cursor, so that the result is never held whole on either side.
    func forEach(
        _ sql: String, _ parameters: [SQLValue], _ body: (Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        lastCursor += 1
        let cursor = "rows\(lastCursor)"
        let values = try PostgresParameters(parameters)
        let declare = "DECLARE \(cursor) NO SCROLL CURSOR FOR \(sql)"
        _ = try translating { (session) throws(PostgresFailure) in
            try session.exchange { handle in
                values.withPointers { PQsendQueryParams(handle, declare, $0, nil, $1, $2, $3, 0) }
            }
        }
        let fetch = "FETCH \(Self.fetchSize) FROM \(cursor)"
        var isAtEnd = false
        while !isAtEnd {
            let rows = try translating { (session) throws(PostgresFailure) in
                try session.exchange { PQsendQuery($0, fetch) }
            }
            try rows.lendRows(to: body)
            isAtEnd = rows.count < Self.fetchSize
        }
        try run(["CLOSE \(cursor)"])
    }

    private func runPrepared(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> PostgresResult {
        let values = try PostgresParameters(parameters)
        let name = try statementName(sql)
        return try translating { (session) throws(PostgresFailure) in
            try session.exchange { handle in
                values.withPointers { PQsendQueryPrepared(handle, name, $0, $1, $2, $3, 0) }
            }
        }
    }

    /// Prepares the statement unless it was; the server infers the types of its parameters.
    private func statementName(_ sql: String) throws(DatabaseError) -> String {
        if let name = statements[sql] { return name }
        if statements.count >= Self.maximumStatements {
            try run(["DEALLOCATE ALL"])
            statements = [:]
        }
        lastStatement += 1
        let name = "s\(lastStatement)"
        _ = try translating { (session) throws(PostgresFailure) in
            try session.exchange { PQsendPrepare($0, name, sql, 0, nil) }
        }
        statements[sql] = name
        return name
    }

    /// Remembers what a failure means for the transaction.
    private func translating(
        _ body: (PostgresSession) throws(PostgresFailure) -> PostgresResult
    ) throws(DatabaseError) -> PostgresResult {
        do {
            return try body(session)
        } catch {
            switch error {
            case .refused(let refusal):
                condition = commitWasAsked ? .intact : refusal.condition
                throw refusal.error
            case .lost(let message):
                condition = commitWasAsked ? .intact : .retry
                throw .unavailable(message)
            }
        }
    }
}
