import Platform

/// Connections for lookups on the caller's own thread (`Database.lookup`).
///
/// To hand a read to another thread and come back costs several times what SQLite needs to find a row by its key, which
/// is nearly always in memory. These connections never wait: where one would, or none is idle, the caller is told to go
/// the usual way.
final class LookupConnections: Sendable {
    private let idle: Lock<[SQLiteConnection]>

    init(_ connections: [SQLiteConnection]) {
        for connection in connections { connection.neverWait() }
        idle = Lock(connections)
    }

    /// The body's value or its error; `nil` when it has to be read the usual way.
    func attempt<T>(_ body: (any Connection) throws -> T) -> Result<T, any Error>? {
        guard let connection = idle.withLock({ $0.popLast() }) else { return nil }
        defer { idle.withLock { $0.append(connection) } }
        do {
            return .success(try body(connection))
        } catch {
            return error is DatabaseError ? nil : .failure(error)
        }
    }

    /// Ends the connections; one in use ends with its owner.
    func close() {
        idle.withLock { $0 = [] }
    }
}
