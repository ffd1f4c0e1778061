/// A database: reads side by side, writes in order through one group commit writer.
///
/// Errors of a body come through unchanged; errors of the engine are `DatabaseError`. A body must not block on anything
/// but its statements (no hashing of passwords, no network) and must be free of side effects: after a lost connection
/// or a deadlock it runs again.
public protocol Database: Sendable {
    /// The engine.
    var dialect: Dialect { get }

    /// Runs a body that only reads, on a connection of its own; it sees one snapshot of the data.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T

    /// The same for a body that does no more than find a row by its key, as every request does for its session. An engine
    /// that needs no waiting for that may run it on the caller's thread, and then each statement is on its own.
    func lookup<T: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> T) async throws -> T

    /// Runs a body in a transaction and returns once the changes are on disk.
    ///
    /// The writer takes all waiting bodies, runs each in a savepoint of its own, commits them together and only then
    /// lets the callers go on. A body that throws is undone alone. A body one of whose statements failed is undone,
    /// even if it caught the error: use `ON CONFLICT` where a conflict is expected.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T

    /// Ends the connections; what was asked before is done first. Later calls get `unavailable`.
    func close()
}
