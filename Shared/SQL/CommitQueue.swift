import Glibc

/// A write somebody waits for.
protocol WriteJob: AnyObject, Sendable {
    /// Runs the body and keeps its result; may be called again when the batch has to be repeated.
    func run(in transaction: Transaction) throws
    /// The result is durable: the caller goes on with it.
    func succeed()
    /// The caller goes on with an error.
    func fail(_ error: any Error)
}

/// Writes in order of arrival, taken in batches by the writer's thread, which sleeps while there are none.
///
/// `@unchecked Sendable`: all state is touched under `mutex`.
final class CommitQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [any WriteJob] = []
    private var isClosed = false
    private var hasEnded = false

    /// More waiting writes than this are refused: a queue without an end hides a database that is too slow.
    private static let maximumWaiting = 10_000
    /// So that one batch does not hold its locks for long.
    private static let maximumBatch = 256

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// How many wait to be taken.
    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return jobs.count
    }

    /// Adds a job; the error is for its caller when there is no room or the queue is closed.
    func add(_ job: any WriteJob) throws(DatabaseError) {
        try append(job)
        // Not under the mutex: the thread that wakes up would stop at it at once.
        pthread_cond_broadcast(condition)
    }

    private func append(_ job: any WriteJob) throws(DatabaseError) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isClosed { throw .unavailable("the database is closed") }
        if jobs.count >= Self.maximumWaiting { throw .busy }
        jobs.append(job)
    }

    /// Waits for jobs and takes the oldest; `nil` when the queue is closed and empty.
    func takeBatch() -> [any WriteJob]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while jobs.isEmpty {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        let batch = Array(jobs.prefix(Self.maximumBatch))
        jobs.removeFirst(batch.count)
        return batch
    }

    /// No more jobs; those that wait are still taken.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// The writer's thread has nothing more to do.
    func markEnded() {
        pthread_mutex_lock(mutex)
        hasEnded = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until the writer's thread is done, at most this many seconds.
    func waitUntilEnded(seconds: Int) {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += seconds
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !hasEnded {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return }
        }
    }
}
