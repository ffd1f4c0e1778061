import Model
import Platform

/// Connections nobody uses at the moment, the last used first.
final class LDAPIdleConnections: Sendable {
    /// However busy, a connection is made anew after this, so that calls find back to the preferred server.
    private static let maximumAge = Duration.seconds(600)

    private struct Idle {
        let connection: LDAPConnection
        let role: LDAPPool.Role
        let since: UInt64
    }

    private struct State {
        var connections: [Idle] = []
        var isClosed = false
    }

    private let state = Lock(State())
    private let limit: UInt64

    init(limit: Duration) {
        self.limit = Self.nanoseconds(limit)
    }

    /// Whether `close` was called.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// One that was used last among those that are still good; `nil` when there is none. Connections end outside the
    /// lock, because saying goodbye can take a moment.
    func take(_ role: LDAPPool.Role) -> LDAPConnection? {
        while let idle = takeLast(role) {
            let now = MonotonicTime.nanoseconds()
            let isYoung = now < idle.connection.madeAt + Self.nanoseconds(Self.maximumAge)
            if isYoung, now < idle.since + limit, !idle.connection.isStale { return idle.connection }
        }
        return nil
    }

    /// Keeps one for later.
    func give(_ connection: LDAPConnection, _ role: LDAPPool.Role) {
        let now = MonotonicTime.nanoseconds()
        let ended = state.withLock { state -> [Idle] in
            guard !state.isClosed else { return [] }
            let ended = state.connections.filter { now >= $0.since + limit }
            state.connections.removeAll { now >= $0.since + limit }
            state.connections.append(Idle(connection: connection, role: role, since: now))
            return ended
        }
        withExtendedLifetime(ended) {}
    }

    /// Ends those to a server.
    func drop(_ server: LDAPServer) {
        let ended = state.withLock { state in
            let ended = state.connections.filter { $0.connection.server == server }
            state.connections.removeAll { $0.connection.server == server }
            return ended
        }
        withExtendedLifetime(ended) {}
    }

    /// Ends all, and keeps none anymore.
    func close() {
        let ended = state.withLock { state in
            state.isClosed = true
            defer { state.connections = [] }
            return state.connections
        }
        withExtendedLifetime(ended) {}
    }

    private func takeLast(_ role: LDAPPool.Role) -> Idle? {
        state.withLock { state in
            state.connections.lastIndex { $0.role == role }.map { state.connections.remove(at: $0) }
        }
    }

    private static func nanoseconds(_ span: Duration) -> UInt64 { UInt64(clamping: span.wholeMicroseconds) * 1_000 }
}
