import Glibc

/// A database in a file, through SQLite.
///
/// Write-ahead log with `synchronous=FULL`: a write that was answered survives a loss of power (CR-02). Several
/// processes of one host may share the file; a writer then waits for the others up to a deadline. Not for network
/// file systems, and not in memory, where SQLite has no write-ahead log.
public final class SQLiteDatabase: Database {
    let writer: GroupCommitWriter
    private let readers: ReaderPool
    private let lookups: LookupConnections

    /// Opens the file, readable and writable by its owner only; creates it unless it must exist.
    ///
    /// - Parameters:
    ///   - path: the file; its `-wal` and `-shm` stand beside it.
    ///   - readers: threads that read side by side.
    ///   - mustExist: refuse (`unavailable`) to create a file.
    ///   - busyDeadline: how long to wait for another process before `busy`.
    public init(
        path: String, readers: Int = 2, mustExist: Bool = false, busyDeadline: Duration = .seconds(5)
    ) throws(DatabaseError) {
        if !mustExist { Self.createPrivateFile(path) }
        let connect: @Sendable () throws(DatabaseError) -> SQLiteConnection = { () throws(DatabaseError) in
            try SQLiteConnection(path: path, busyDeadline: busyDeadline)
        }
        let reading: @Sendable () throws(DatabaseError) -> SQLiteConnection = { () throws(DatabaseError) in
            let connection = try connect()
            try connection.run(["PRAGMA query_only = ON"])
            return connection
        }
        var lookups: [SQLiteConnection] = []
        for _ in 0..<max(readers, 1) { lookups.append(try reading()) }
        self.lookups = LookupConnections(lookups)
        writer = GroupCommitWriter(name: "sqlite-write") { () throws(DatabaseError) in
            let connection = try connect()
            // A transaction of thousands of rows changes more pages than the usual 2 MB hold, and would write them twice.
            try connection.run(["PRAGMA cache_size = -16384"])
            return connection
        }
        self.readers = ReaderPool(name: "sqlite-read", readers: readers) { () throws(DatabaseError) in try reading() }
    }

    deinit { readers.close() }

    /// SQLite.
    public var dialect: Dialect { .sqlite }

    /// Runs a body that only reads, on a connection of its own; it sees one snapshot of the data.
    public func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        try await readers.read(body)
    }

    /// Finds rows by their keys, on the caller's thread where that needs no waiting.
    public func lookup<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T {
        if let result = lookups.attempt(body) { return try result.get() }
        return try await readers.read(body)
    }

    /// Runs a body in a transaction and returns once the changes are on disk.
    @discardableResult
    public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await writer.write(body)
    }

    /// Ends the connections; what was asked before is done first.
    public func close() {
        writer.close()
        lookups.close()
        readers.close()
    }

    /// SQLite would make it with the process's umask, readable by others; the log beside it takes over the mode.
    private static func createPrivateFile(_ path: String) {
        let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        if file >= 0 { Glibc.close(file) }
    }
}
