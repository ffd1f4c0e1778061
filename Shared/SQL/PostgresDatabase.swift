import Model

/// A database on a PostgreSQL server (14 or later), through libpq.
///
/// One connection writes, several read, each on a thread of its own. Connections are made at the first use and again
/// after they were lost. A batch whose connection is lost before its commit was asked for runs again; where it is
/// unknown whether the commit took place, callers get `unavailable` and nothing is repeated.
public final class PostgresDatabase: Database {
    let writer: GroupCommitWriter
    private let readers: ReaderPool

    /// Names the server; it is not contacted yet.
    ///
    /// - Parameters:
    ///   - connectionString: PostgreSQL 15 manual, §34.1.1. `sslmode` and the like belong in it.
    ///   - readers: connections that read side by side.
    ///   - timeouts: for connecting, statements and locks.
    public init(connectionString: Secret, readers: Int = 4, timeouts: PostgresTimeouts = PostgresTimeouts()) {
        let connect: @Sendable () throws(DatabaseError) -> any EngineConnection = { () throws(DatabaseError) in
            try PostgresConnection(connectionString, timeouts)
        }
        writer = GroupCommitWriter(name: "pg-write", connect: connect)
        self.readers = ReaderPool(name: "pg-read", readers: readers, connect: connect)
    }

    deinit { readers.close() }

    /// PostgreSQL.
    public var dialect: Dialect { .postgres }

    /// Runs a body that only reads, on a connection of its own; it sees one snapshot of the data.
    public func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await readers.read(body)
    }

    /// Finds rows by their keys; no different from `read`, since a server is always waited for.
    public func lookup<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await readers.read(body)
    }

    /// Runs a body in a transaction and returns once the changes are on disk.
    @discardableResult
    public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await writer.write(body)
    }

    /// Ends the connections; what was asked before is done first.
    public func close() {
        writer.close()
        readers.close()
    }
}
