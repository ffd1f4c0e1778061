import Glibc

/// A value that one thread at a time can touch.
///
/// A `pthread_mutex_t` rather than `Synchronization.Mutex`, because ThreadSanitizer sees only the former on Linux.
/// `@unchecked Sendable`: every access goes through the mutex. Hold it for a few instructions, never over a wait.
public final class Lock<Value>: @unchecked Sendable {
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline var value: Value

    /// Guards a first value.
    public init(_ value: Value) {
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        self.value = value
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Lends the value to the caller, alone.
    ///
    /// Inlinable, so that other modules' calls are compiled for their types: a request takes a dozen locks.
    @inlinable public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
