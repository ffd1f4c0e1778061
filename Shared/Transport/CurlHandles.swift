import Platform

/// Handles that wait with their connections open, and the threads that use them.
///
/// The handle used last is taken first, so that a busy client keeps as many connections as it has threads and a quiet
/// one keeps one warm.
final class CurlHandles: Sendable {
    private let idle = Lock<[CurlHandle]>([])
    private let pool: BlockingPool

    init(name: String, threads: Int) {
        pool = BlockingPool(name: name, threads: threads)
    }

    /// Runs the body on a thread of the pool with a handle and what is left of the deadline.
    func run<Result: Sendable>(
        deadline: Duration,
        _ body: @escaping @Sendable (CurlHandle, Duration) throws(TransportError) -> Result
    ) async throws(TransportError) -> Result {
        let start = MonotonicTime.nanoseconds()
        return try await pool.run { [idle] () throws(TransportError) -> Result in
            let waited = Duration.nanoseconds(Int64(clamping: MonotonicTime.nanoseconds() - start))
            guard waited < deadline else { throw .timedOut }
            let handle: CurlHandle
            if let warm = idle.withLock({ $0.popLast() }) {
                handle = warm
            } else {
                handle = try CurlHandle()
            }
            defer { idle.withLock { $0.append(handle) } }
            return try body(handle, deadline - waited)
        }
    }
}
