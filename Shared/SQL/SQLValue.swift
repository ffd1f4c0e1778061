import Model

/// A value that goes into or comes out of a statement; the three types both engines share, and null.
public enum SQLValue: Sendable, Equatable {
    /// No value.
    case null
    /// A whole number; also times (microseconds) and booleans (0 and 1).
    case integer(Int64)
    /// Text without NUL, which PostgreSQL cannot store.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

extension SQLValue {
    /// A whole number, or null.
    public init(_ number: Int64?) {
        self = number.map { .integer($0) } ?? .null
    }

    /// A whole number.
    public init(_ number: Int) {
        self = .integer(Int64(number))
    }

    /// Text, or null.
    public init(_ text: String?) {
        self = text.map { .text($0) } ?? .null
    }

    /// Bytes, or null.
    public init(_ bytes: [UInt8]?) {
        self = bytes.map { .blob($0) } ?? .null
    }

    /// 1 for true, 0 for false.
    public init(_ flag: Bool) {
        self = .integer(flag ? 1 : 0)
    }

    /// Microseconds since 1970-01-01T00:00:00Z, or null.
    public init(_ moment: Timestamp?) {
        self = moment.map { .integer($0.microseconds) } ?? .null
    }

    /// The text of an id, or null.
    public init<Kind>(_ identifier: Identifier<Kind>?) {
        self = identifier.map { .text($0.text) } ?? .null
    }

    /// The text of an account's name, or null.
    public init(_ account: AccountID?) {
        self = account.map { .text($0.text) } ?? .null
    }
}

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral
{
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// 1 for true, 0 for false.
    public init(booleanLiteral value: Bool) { self.init(value) }
}
