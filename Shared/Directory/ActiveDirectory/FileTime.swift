import Model

/// Active Directory's times: steps of 100 ns since 1601-01-01T00:00:00Z (MS-DTYP §2.3.3), and its spans, which are
/// negative numbers of such steps (MS-ADTS §3.1.1.4.5.26).
enum FileTime {
    /// Stands for "never" where a time could stand.
    static let never = Int64.max

    /// Between 1601 and 1970, in microseconds.
    private static let epoch: Int64 = 11_644_473_600_000_000

    /// The moment; `nil` for 0 and for "never", which each attribute explains for itself, and for what is no time.
    static func timestamp(_ steps: Int64) -> Timestamp? {
        guard steps > 0, steps != never else { return nil }
        return Timestamp(microseconds: steps / 10 - epoch)
    }

    /// A span of a policy; `nil` for one without end, which is 0 or the smallest number there is.
    static func span(_ steps: Int64) -> Duration? {
        guard steps < 0, steps != .min else { return nil }
        return .microseconds(-(steps / 10))
    }
}
