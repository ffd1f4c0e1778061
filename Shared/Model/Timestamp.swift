/// A moment in UTC, to the microsecond.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX time).
    public let microseconds: Int64

    /// The moment this many microseconds after 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment this many whole seconds after 1970-01-01T00:00:00Z; clamped to what fits.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var seconds: Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : -((-(microseconds + 1)) / 1_000_000) - 1
    }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment a span later; clamped to what fits.
    public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        let (sum, overflow) = moment.microseconds.addingReportingOverflow(span.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (span < .zero ? .min : .max) : sum)
    }

    /// The moment a span earlier; clamped to what fits.
    public static func - (moment: Timestamp, span: Duration) -> Timestamp {
        moment + (.zero - span)
    }

    /// The span between two moments.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let (difference, overflow) = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
        return .microseconds(overflow ? (later > earlier ? Int64.max : Int64.min) : difference)
    }

    /// RFC 3339 in UTC with milliseconds, for example `2026-11-21T09:45:00.000Z`.
    public var description: String { rfc3339 }
}

extension Duration {
    /// The span in whole microseconds, rounded toward zero and clamped to what fits.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    /// The span in whole seconds, rounded toward zero.
    public var wholeSeconds: Int64 { components.seconds }
}
