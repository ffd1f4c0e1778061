import Glibc
import Model

/// Where the time comes from, so that a test can decide what time it is.
public protocol Clock: Sendable {
    /// The time of day.
    func now() -> Timestamp
    /// Waits; ends early, without an error, when the task is cancelled.
    func sleep(for span: Duration) async
}

/// The machine's clock.
public struct SystemClock: Clock {
    /// The machine's clock; there is nothing to choose.
    public init() {}

    /// The time of day (clock_gettime(2), `CLOCK_REALTIME`).
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// Waits; ends early, without an error, when the task is cancelled.
    public func sleep(for span: Duration) async {
        try? await Task.sleep(for: span)
    }
}

/// Time that only goes forward, for measuring spans.
public enum MonotonicTime {
    /// Nanoseconds since some moment in the past (clock_gettime(2), `CLOCK_MONOTONIC`).
    public static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
