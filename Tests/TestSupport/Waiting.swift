import Glibc
import Platform

/// Looks every millisecond until something is true; blocks the thread. Throws `neverHappened` at the deadline.
public func waitBlocking(
    _ deadline: Duration, _ what: String, until condition: () -> Bool
) throws(ProgramError) {
    let end = MonotonicTime.nanoseconds() + UInt64(clamping: deadline.wholeMicroseconds) * 1_000
    while !condition() {
        guard MonotonicTime.nanoseconds() < end else { throw .neverHappened(what) }
        usleep(1_000)
    }
}

/// Looks every few milliseconds until something is true. Throws `neverHappened` at the deadline.
public func waitUntil(
    _ what: String, within deadline: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let end = MonotonicTime.nanoseconds() + UInt64(clamping: deadline.wholeMicroseconds) * 1_000
    while try await !condition() {
        guard MonotonicTime.nanoseconds() < end else { throw ProgramError.neverHappened(what) }
        await SystemClock().sleep(for: .milliseconds(3))
    }
}
