import Model

/// A value of a log line.
///
/// Logs carry ids, never people, addresses, codes or tokens (PR-02); `Secret` cannot become one.
public enum LogValue: Sendable, Equatable {
    /// A text; cut after 1,024 bytes.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// A number; written as `null` when it is not finite.
    case double(Double)
    /// `true` or `false`.
    case bool(Bool)

    /// A text.
    public init(_ text: String) {
        self = .string(text)
    }

    /// A text, or an empty one.
    public init(_ text: String?) {
        self = .string(text ?? "")
    }

    /// A text known when the program was built.
    public init(_ text: StaticString) {
        self = .string(text.description)
    }

    /// A whole number, clamped to 64 bits.
    public init(_ number: some BinaryInteger) {
        self = .integer(Int64(clamping: number))
    }

    /// A number.
    public init(_ number: Double) {
        self = .double(number)
    }

    /// `true` or `false`.
    public init(_ flag: Bool) {
        self = .bool(flag)
    }

    /// An account's id.
    public init(_ account: AccountID) {
        self = .string(account.text)
    }

    /// A record's id.
    public init<Kind>(_ id: Identifier<Kind>) {
        self = .string(id.text)
    }

    /// A moment, as RFC 3339.
    public init(_ moment: Timestamp) {
        self = .string(moment.rfc3339)
    }

    /// A span in seconds.
    public init(_ span: Duration) {
        self = .double(Double(span.wholeMicroseconds) / 1_000_000)
    }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A text.
    public init(stringLiteral text: String) {
        self = .string(text)
    }
}

extension LogValue: ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral number: Int64) {
        self = .integer(number)
    }
}

extension LogValue: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral number: Double) {
        self = .double(number)
    }
}

extension LogValue: ExpressibleByBooleanLiteral {
    /// `true` or `false`.
    public init(booleanLiteral flag: Bool) {
        self = .bool(flag)
    }
}
