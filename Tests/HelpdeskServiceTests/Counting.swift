import Platform

/// Counts from 1, over all threads.
final class Counting: Sendable {
    private let count = Lock(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
