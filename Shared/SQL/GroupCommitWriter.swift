import Platform

/// The one thread that writes to a database.
///
/// While it commits, callers gather; it then takes them all, so the price of a commit on disk is shared by as many as
/// arrived during the one before. It sleeps while nobody writes.
final class GroupCommitWriter: Sendable {
    private let queue = CommitQueue()
    private let counts = Lock(WriterCounts())

    /// Starts the thread. It connects when the first write arrives, and again whenever the connection was lost.
    init(name: String, connect: @escaping @Sendable () throws(DatabaseError) -> any EngineConnection) {
        startThread(name: name) { [queue, counts] in
            let runner = BatchRunner(counting: counts, connect: connect)
            while let batch = queue.takeBatch() { runner.run(batch) }
            runner.disconnect()
            queue.markEnded()
        }
    }

    deinit { queue.close() }

    /// Batches and commits so far.
    var statistics: WriterCounts { counts.withLock { $0 } }

    /// How many writes wait for the batch under way to end.
    var waiting: Int { queue.count }

    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = PendingWrite(body, continuation)
            do {
                try queue.add(job)
            } catch {
                job.fail(error)
            }
        }
    }

    /// Finishes what waits, then ends the connection; waits for that, but not forever.
    func close() {
        queue.close()
        queue.waitUntilEnded(seconds: 30)
    }
}

/// What a writer did so far.
struct WriterCounts: Sendable, Equatable {
    /// Commits that reached the disk.
    var commits = 0
    /// Bodies in them.
    var bodies = 0
}
