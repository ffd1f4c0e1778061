import CSQLite

/// SQLite's result codes (sqlite.org/rescode.html) in our words.
enum SQLiteError {
    /// The error of the call that just failed on this connection.
    static func translated(_ code: Int32, _ database: OpaquePointer?) -> DatabaseError {
        let text = database.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let message = text.map { String(cString: $0) } ?? "SQLite \(code)"
        /// `SQLITE_CONSTRAINT_DATATYPE`: a value that is not of its column's type in a STRICT table.
        if code == SQLITE_CONSTRAINT | (12 << 8) { return .unexpectedValue("a value of the wrong type") }
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy
        case SQLITE_CONSTRAINT: return .constraint(message)
        case SQLITE_FULL, SQLITE_IOERR: return .full(message)
        case SQLITE_MISMATCH: return .unexpectedValue("a value of the wrong type")
        case SQLITE_CANTOPEN: return .unavailable(message)
        default: return .failed(message)
        }
    }
}
