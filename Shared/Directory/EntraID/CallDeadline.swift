import Platform

/// What is left of the time a call of a store may take, over all its requests and waits.
struct CallDeadline: Sendable {
    private let end: UInt64

    init(after span: Duration) {
        end = MonotonicTime.nanoseconds() + UInt64(clamping: span.wholeMicroseconds) * 1_000
    }

    /// Zero once it has passed.
    var rest: Duration {
        let now = MonotonicTime.nanoseconds()
        return now < end ? .nanoseconds(Int64(clamping: end - now)) : .zero
    }
}
