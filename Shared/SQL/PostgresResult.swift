import CPostgres

/// A result of a statement, freed with its owner.
final class PostgresResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { PQclear(handle) }

    /// The error, if it is one.
    var error: PostgresError? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: nil
        default: PostgresError(handle)
        }
    }

    /// The command tag, for example `UPDATE 3`.
    var tag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// How many rows were changed; none for a `SELECT`.
    var changes: Int {
        guard !tag.hasPrefix("SELECT"), let count = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: count)) ?? 0
    }

    /// How many rows it has.
    var count: Int { Int(PQntuples(handle)) }

    /// Lends the rows one after the other.
    func lendRows(to body: (Row) throws(DatabaseError) -> Void) throws(DatabaseError) {
        let columns = (0..<PQnfields(handle)).map { ($0, PQftype(handle, $0)) }
        for row in 0..<PQntuples(handle) {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for (column, type) in columns { values.append(try value(row, column, type)) }
            try body(Row(values))
        }
    }

    /// A value by the type of its column; the numbers are those of `pg_type.dat`, which never change.
    private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws(DatabaseError) -> SQLValue {
        guard PQgetisnull(handle, row, column) == 0 else { return .null }
        let start = PQgetvalue(handle, row, column)
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row, column)))
        switch type {
        case 20, 21, 23, 26, 1_700:
            guard let number = integer(bytes) else { throw .unexpectedValue("column \(column) is no 64-bit integer") }
            return .integer(number)
        case 16: return .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case 17:
            guard let decoded = bytea(bytes) else { throw .unexpectedValue("column \(column) is not bytea_output hex") }
            return .blob(decoded)
        case 2_278: return .null
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}

private func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var result: Int64 = 0
    for byte in bytes.dropFirst(isNegative ? 1 : 0) {
        guard (0x30...0x39).contains(byte) else { return nil }
        let (product, overflow) = result.multipliedReportingOverflow(by: 10)
        let digit = Int64(byte - 0x30)
        let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
        if overflow || carry { return nil }
        result = sum
    }
    return result
}

/// `\x` and two digits a byte (PostgreSQL 15 manual, §8.4.1).
private func bytea(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]), text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for index in stride(from: 2, to: text.count, by: 2) {
        guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}

private func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
