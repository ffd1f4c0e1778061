import Glibc

/// Threads of their own for C calls that block, behind an async face.
///
/// Swift's cooperative pool has one thread a core: a call that blocks there stops everybody. Here jobs wait in one
/// queue, first come first served, for one of a fixed number of threads.
public final class BlockingPool: Sendable {
    private let queue = JobQueue()

    /// Starts the threads; they live until the process ends or `stop()`.
    ///
    /// - Parameters:
    ///   - name: shown by `ps -L`, at most 15 characters.
    ///   - threads: 1 or more.
    public init(name: String, threads: Int) {
        for _ in 0..<max(1, threads) {
            startThread(name: name) { [queue] in queue.work() }
        }
    }

    /// Runs the body on one of the threads and waits for it without holding a cooperative thread.
    public func run<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            queue.add { continuation.resume(returning: Swift.Result(catching: body)) }
        }
        return try outcome.get()
    }

    /// How many jobs wait for a thread.
    public var waiting: Int { queue.count }

    /// Lets the threads end once the queue is empty. Jobs added later are not run.
    public func stop() { queue.close() }

    deinit { queue.close() }
}

/// Starts a detached thread with a name (pthread_create(3)).
public func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
            nameCurrentThread(body.name)
            body.run()
            return nil
        }, box.toOpaque())
    precondition(result == 0, "pthread_create failed: the system has no thread left")
    pthread_detach(thread)
}

/// Names the calling thread for `ps -L` (proc(5), `/proc/thread-self/comm`); a name that does not take is no loss.
private func nameCurrentThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    close(file)
}

private final class ThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}

/// A queue that threads wait on. `@unchecked Sendable`: all state is touched under `mutex`.
private final class JobQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [@Sendable () -> Void] = []
    private var head = 0
    private var isClosed = false

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

    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return jobs.count - head
    }

    func add(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_mutex_unlock(mutex)
        // Not under the mutex: the thread that wakes up would stop at it at once.
        pthread_cond_signal(condition)
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == jobs.count {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        let job = jobs[head]
        head += 1
        if head == jobs.count || head > 1_024 {
            jobs.removeFirst(head)
            head = 0
        }
        return job
    }
}
