import Glibc
import Model
import Platform

/// Connections to the servers of one directory: as many calls at the same time as there are threads, one connection
/// each, kept open between calls.
///
/// A connection that failed is never used again, and the next call makes a new one: the pool recovers by itself. Servers
/// are tried in their order; one that could not be reached or did not answer goes last for a while.
final class LDAPPool: Sendable {
    /// What a connection is signed in as.
    enum Role: Sendable {
        /// The service account: searches and writes.
        case service
        /// Whoever signed in last; every use begins with a bind, which ends what was before (RFC 4513 §4).
        case signIn
    }

    /// The settings it was made of.
    let settings: LDAPServerSettings
    private let password: Secret
    private let threads: BlockingPool
    /// Reads of everything take minutes, and calls must not wait for them.
    private let readers: BlockingPool
    private let idle: LDAPIdleConnections
    private let servers: LDAPServerOrder

    /// libldap writes to a connection the server has closed, a goodbye for example, with write(2): without this the
    /// process would end by it (signal(7), SIGPIPE).
    private static let brokenConnectionsAreErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// Makes an empty pool; the first call connects.
    init(_ settings: LDAPServerSettings, password: Secret) {
        _ = Self.brokenConnectionsAreErrors
        self.settings = settings
        self.password = password
        threads = BlockingPool(name: "ldap", threads: settings.connections)
        readers = BlockingPool(name: "ldap-sync", threads: 1)
        idle = LDAPIdleConnections(limit: settings.idleLimit)
        servers = LDAPServerOrder(settings.servers)
    }

    /// Ends the idle connections; one in use ends with its call. Later calls are refused.
    func close() { idle.close() }

    /// Runs what only reads. After a lost connection it runs once more on a new one, while the deadline allows.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LDAPConnection, LDAPDeadline) throws(LDAPFailure) -> Value
    ) async throws(LDAPFailure) -> Value {
        try await run(.service, body) { failure in
            switch failure {
            case .lost, .notSent: true
            case .unreachable, .malformed: false
            }
        }
    }

    /// Runs one request that writes. It is sent once: only a request that did not leave is tried again.
    func write(
        _ body: @escaping @Sendable (LDAPConnection, LDAPDeadline) throws(LDAPFailure) -> LDAPResult
    ) async throws(LDAPFailure) -> LDAPResult {
        try await run(.service, body, mayRepeat: Self.wasNotSent)
    }

    /// Tries a password. The result is the server's; a bind whose answer was lost is not tried again, because the server
    /// may have counted it.
    func bind(
        _ name: String, _ password: Secret, controls: [LDAPControl] = []
    ) async throws(LDAPFailure) -> LDAPResult {
        try await run(
            .signIn,
            { (connection, deadline) throws(LDAPFailure) in
                try connection.bind(name, password, controls: controls, deadline)
            }, mayRepeat: Self.wasNotSent)
    }

    /// Begins a search whose answers are taken as they come, on a connection of its own.
    func stream(_ search: LDAPSearch) async throws(LDAPFailure) -> LDAPSearchStream {
        let deadline = LDAPDeadline(after: settings.deadline)
        let (connection, id) = try await readers.run { [self] () throws(LDAPFailure) in
            let connection = try connect(.service, deadline)
            return (connection, try connection.begin(search))
        }
        return LDAPSearchStream(connection, id: id, threads: readers, deadline: settings.deadline)
    }

    private static func wasNotSent(_ failure: LDAPFailure) -> Bool {
        switch failure {
        case .notSent: true
        case .unreachable, .lost, .malformed: false
        }
    }

    private func run<Value: Sendable>(
        _ role: Role, _ body: @escaping @Sendable (LDAPConnection, LDAPDeadline) throws(LDAPFailure) -> Value,
        mayRepeat: @escaping @Sendable (LDAPFailure) -> Bool
    ) async throws(LDAPFailure) -> Value {
        let deadline = LDAPDeadline(after: settings.deadline)
        return try await threads.run { [self] () throws(LDAPFailure) in
            guard !deadline.hasPassed else { throw .unreachable("all \(settings.connections) connections are busy") }
            do throws(LDAPFailure) {
                return try attempt(role, deadline, body)
            } catch {
                guard mayRepeat(error), !deadline.hasPassed else { throw error }
                return try attempt(role, deadline, body)
            }
        }
    }

    private func attempt<Value>(
        _ role: Role, _ deadline: LDAPDeadline,
        _ body: (LDAPConnection, LDAPDeadline) throws(LDAPFailure) -> Value
    ) throws(LDAPFailure) -> Value {
        let connection = if let open = idle.take(role) { open } else { try connect(role, deadline) }
        do throws(LDAPFailure) {
            let value = try body(connection, deadline)
            idle.give(connection, role)
            return value
        } catch {
            // The others to this server are most likely dead too, and each would cost a call its deadline.
            idle.drop(connection.server)
            servers.failed(connection.server)
            throw error
        }
    }

    /// A new connection to the first server that can be reached and lets the service account in.
    private func connect(_ role: Role, _ deadline: LDAPDeadline) throws(LDAPFailure) -> LDAPConnection {
        guard !idle.isClosed else { throw .unreachable("the store is closed") }
        var reasons: [String] = []
        for server in servers.inOrder() {
            if deadline.hasPassed { break }
            do throws(LDAPFailure) {
                let connection = try open(server, role, deadline.atMost(settings.connectDeadline))
                servers.succeeded(server)
                return connection
            } catch {
                servers.failed(server)
                reasons.append(error.reason)
            }
        }
        throw .unreachable(reasons.isEmpty ? "no time is left to connect" : reasons.joined(separator: "; "))
    }

    private func open(
        _ server: LDAPServer, _ role: Role, _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> LDAPConnection {
        let connection = try LDAPConnection(to: server, settings: settings, deadline: deadline)
        switch role {
        case .signIn: break
        case .service:
            let result = try connection.bind(settings.bindName, password, deadline)
            guard result.code == .success else {
                throw .unreachable("\(server): the service account is refused: \(result.description)")
            }
        }
        return connection
    }
}
