/// The engine behind a database, for the few statements that cannot be written once.
public enum Dialect: String, Sendable, CaseIterable {
    /// SQLite 3.
    case sqlite
    /// PostgreSQL 14 or later.
    case postgres

    /// The end of a `SELECT` that locks its rows until the transaction ends. Empty for SQLite, where a writing
    /// transaction is alone anyway.
    public var forUpdate: String {
        switch self {
        case .sqlite: ""
        case .postgres: " FOR UPDATE"
        }
    }

    /// The end of a `SELECT` that locks its rows and leaves out those somebody else has locked: how workers of
    /// several replicas share a queue.
    public var forUpdateSkipLocked: String {
        switch self {
        case .sqlite: ""
        case .postgres: " FOR UPDATE SKIP LOCKED"
        }
    }
}
