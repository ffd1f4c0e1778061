import Model

/// One row of a result. Columns are counted from 0, in the order the statement selects them.
public struct Row: Sendable, Equatable {
    /// The values, in the order the statement selects them.
    public let values: [SQLValue]

    /// A row of these values.
    public init(_ values: [SQLValue]) {
        self.values = values
    }

    /// A whole number. Throws `unexpectedValue` for anything else.
    public func integer(_ column: Int) throws(DatabaseError) -> Int64 {
        guard case .integer(let number) = try value(column) else { throw unexpected(column, "an integer") }
        return number
    }

    /// A whole number or null. Throws `unexpectedValue` for anything else.
    public func optionalInteger(_ column: Int) throws(DatabaseError) -> Int64? {
        try isNull(column) ? nil : try integer(column)
    }

    /// Text. Throws `unexpectedValue` for anything else.
    public func text(_ column: Int) throws(DatabaseError) -> String {
        guard case .text(let text) = try value(column) else { throw unexpected(column, "text") }
        return text
    }

    /// Text or null. Throws `unexpectedValue` for anything else.
    public func optionalText(_ column: Int) throws(DatabaseError) -> String? {
        try isNull(column) ? nil : try text(column)
    }

    /// Bytes. Throws `unexpectedValue` for anything else.
    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        guard case .blob(let bytes) = try value(column) else { throw unexpected(column, "bytes") }
        return bytes
    }

    /// Bytes or null. Throws `unexpectedValue` for anything else.
    public func optionalBlob(_ column: Int) throws(DatabaseError) -> [UInt8]? {
        try isNull(column) ? nil : try blob(column)
    }

    /// 0 or 1. Throws `unexpectedValue` for anything else.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        switch try integer(column) {
        case 0: return false
        case 1: return true
        case let other: throw .unexpectedValue("column \(column): \(other) is neither 0 nor 1")
        }
    }

    /// A time in microseconds. Throws `unexpectedValue` for anything else.
    public func timestamp(_ column: Int) throws(DatabaseError) -> Timestamp {
        Timestamp(microseconds: try integer(column))
    }

    /// A time in microseconds or null. Throws `unexpectedValue` for anything else.
    public func optionalTimestamp(_ column: Int) throws(DatabaseError) -> Timestamp? {
        try isNull(column) ? nil : try timestamp(column)
    }

    /// Text that is turned into something else, for example an id. Throws `unexpectedValue` where that fails.
    @inlinable
    public func parsed<T>(_ column: Int, _ convert: (String) -> T?) throws(DatabaseError) -> T {
        guard let value = convert(try text(column)) else { throw unexpected(column, "\(T.self)") }
        return value
    }

    /// Text or null that is turned into something else. Throws `unexpectedValue` where that fails.
    @inlinable
    public func optionalParsed<T>(_ column: Int, _ convert: (String) -> T?) throws(DatabaseError) -> T? {
        try isNull(column) ? nil : try parsed(column, convert)
    }

    /// Whether the column holds no value. Throws `unexpectedValue` when there is no such column.
    public func isNull(_ column: Int) throws(DatabaseError) -> Bool {
        try value(column) == .null
    }

    private func value(_ column: Int) throws(DatabaseError) -> SQLValue {
        guard values.indices.contains(column) else {
            throw .unexpectedValue("column \(column) of a row of \(values.count)")
        }
        return values[column]
    }

    /// Names the column and what was expected, never the value: it may be a secret.
    @usableFromInline
    func unexpected(_ column: Int, _ expected: String) -> DatabaseError {
        .unexpectedValue("column \(column) is not \(expected)")
    }
}
