import Glibc
import Platform

/// The moment a call has to be over, connecting and waiting for a thread included.
struct LDAPDeadline: Sendable {
    private let end: UInt64

    /// This span from now.
    init(after span: Duration) {
        end = MonotonicTime.nanoseconds() + UInt64(clamping: span.wholeMicroseconds) * 1_000
    }

    /// The moment (CLOCK_MONOTONIC), in nanoseconds.
    var nanoseconds: UInt64 { end }

    /// The earlier of this and a span from now.
    func atMost(_ span: Duration) -> LDAPDeadline {
        let other = LDAPDeadline(after: span)
        return other.end < end ? other : self
    }

    /// Whether it is over.
    var hasPassed: Bool { MonotonicTime.nanoseconds() >= end }

    /// What is left; a microsecond at least, because libldap takes zero for no deadline in some calls.
    var remaining: timeval {
        let now = MonotonicTime.nanoseconds()
        let microseconds = end > now ? max(1, (end - now) / 1_000) : 1
        return timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}
