import CSQLite
import Glibc

/// One prepared statement of one connection.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// Whether somebody steps through it.
    var isInUse = false
    /// For each place in the statement, from 1 on, the number after its `$`.
    private let numbers: [Int]

    /// Compiles exactly one statement.
    init(_ database: OpaquePointer, _ sql: String) throws(DatabaseError) {
        var handle: OpaquePointer?
        var rest = 0
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, text, -1, flags, &handle, &tail)
            if let tail { rest = strspn(tail, " \n\t;") == strlen(tail) ? 0 : 1 }
            return code
        }
        guard code == SQLITE_OK else { throw SQLiteError.translated(code, database) }
        guard let handle else { throw .failed("an empty statement") }
        self.handle = handle
        guard rest == 0 else {
            sqlite3_finalize(handle)
            throw .failed("more than one statement")
        }
        numbers = (0..<sqlite3_bind_parameter_count(handle)).map { index in
            guard let name = sqlite3_bind_parameter_name(handle, index + 1) else { return 0 }
            return Int(String(cString: name).dropFirst()) ?? 0
        }
    }

    deinit { sqlite3_finalize(handle) }

    /// Gives the parameters their values.
    func bind(_ values: [SQLValue]) throws(DatabaseError) {
        guard numbers.count == values.count else {
            throw .failed("\(values.count) values for \(numbers.count) parameters")
        }
        for (place, number) in numbers.enumerated() {
            guard values.indices.contains(number - 1) else { throw .failed("a parameter that is not $1 … $n") }
            let code = try bind(values[number - 1], at: Int32(place + 1))
            guard code == SQLITE_OK else { throw .failed("sqlite3_bind: \(code)") }
        }
    }

    private func bind(_ value: SQLValue, at place: Int32) throws(DatabaseError) -> Int32 {
        /// The C macro `SQLITE_TRANSIENT`, which is not imported: SQLite makes a copy of its own.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return sqlite3_bind_null(handle, place)
        case .integer(let number): return sqlite3_bind_int64(handle, place, number)
        case .text(let text):
            guard !text.utf8.contains(0) else { throw .unexpectedValue("text with a NUL") }
            return sqlite3_bind_text64(handle, place, text, UInt64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(handle, place, 0) }
            return sqlite3_bind_blob64(handle, place, bytes, UInt64(bytes.count), transient)
        }
    }

    /// The row the statement stands on.
    func row() throws(DatabaseError) -> Row {
        var values: [SQLValue] = []
        let count = sqlite3_column_count(handle)
        values.reserveCapacity(Int(count))
        for column in 0..<count { values.append(try value(column)) }
        return Row(values)
    }

    private func value(_ column: Int32) throws(DatabaseError) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, column)
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            /// Bytes that are no UTF-8 come from a damaged file only; they show as U+FFFD rather than hide the row.
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        case let type: throw .unexpectedValue("column \(column) has the type \(type)")
        }
    }
}
