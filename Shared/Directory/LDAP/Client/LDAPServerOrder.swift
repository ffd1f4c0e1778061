import Platform

/// Which server is tried first.
final class LDAPServerOrder: Sendable {
    /// How long a server that failed goes last; long enough that not every call pays for it, short enough that the
    /// preferred one is back soon. It is still tried when all others fail.
    private static let pause: UInt64 = 15_000_000_000

    private let servers: [LDAPServer]
    private let failures = Lock([LDAPServer: UInt64]())

    init(_ servers: [LDAPServer]) {
        self.servers = servers
    }

    /// In the order of the configuration, those that failed a moment ago last.
    func inOrder() -> [LDAPServer] {
        let now = MonotonicTime.nanoseconds()
        let failed = failures.withLock { $0 }.filter { now < $0.value + Self.pause }
        return servers.filter { failed[$0] == nil } + servers.filter { failed[$0] != nil }
    }

    /// It could not be reached or did not answer.
    func failed(_ server: LDAPServer) {
        let now = MonotonicTime.nanoseconds()
        failures.withLock { $0[server] = now }
    }

    /// It let us in.
    func succeeded(_ server: LDAPServer) {
        failures.withLock { _ = $0.removeValue(forKey: server) }
    }
}
