import Platform

/// Something that becomes true once, for tests in which two sides have to meet.
public final class Flag: Sendable {
    private let state = Lock(false)

    /// Not true yet.
    public init() {}

    /// Makes it true.
    public func raise() { state.withLock { $0 = true } }

    /// Whether it is true.
    public var isRaised: Bool { state.withLock { $0 } }

    /// Waits for it, blocking the thread. Throws `neverHappened` after a minute.
    public func waitBlocking() throws(ProgramError) {
        try TestSupport.waitBlocking(.seconds(60), "a flag") { isRaised }
    }

    /// Waits for it. Throws `neverHappened` after a minute.
    public func wait() async throws {
        try await waitUntil("a flag") { isRaised }
    }
}
