import Model

/// Where a service keeps its data.
public enum DatabaseConfiguration: Sendable {
    /// A file on this host; created when absent.
    case sqlite(path: String)
    /// A connection string of libpq (PostgreSQL 15 manual, §34.1.1). Secret because it may hold a password.
    case postgres(Secret)

    /// Opens the database. Throws what the engine says; a PostgreSQL server is not contacted before the first use.
    public static func openDatabase(
        _ configuration: DatabaseConfiguration, readers: Int = 4
    ) throws(DatabaseError) -> any Database {
        switch configuration {
        case .sqlite(let path): try SQLiteDatabase(path: path, readers: readers)
        case .postgres(let connectionString): PostgresDatabase(connectionString: connectionString, readers: readers)
        }
    }
}
