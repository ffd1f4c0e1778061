import Model
import SQL

/// The SQL of `operations`: which resets and unlocks have been done to an entry.
enum OperationTable {
    /// How long a done operation is known; settling is a matter of minutes.
    static let retention = Duration.seconds(90 * 86_400)

    /// The version the operation left behind; `nil` when it was not done.
    static func version(
        of operation: OperationID, entry: String, _ connection: any Connection
    ) throws -> CredentialVersion? {
        let rows = try connection.query(
            "SELECT version FROM operations WHERE entry = $1 AND operation = $2", parameters(operation, entry))
        return try rows.first.map { CredentialVersion(number: try $0.integer(0), operation: operation) }
    }

    /// How many operations moved the entry past a version.
    static func count(after version: Int64, entry: String, _ connection: any Connection) throws -> Int64 {
        let rows = try connection.query(
            "SELECT count(*) FROM operations WHERE entry = $1 AND version > $2", [.text(entry), .integer(version)])
        return try rows.first.map { try $0.integer(0) } ?? 0
    }

    static func insert(
        _ operation: OperationID, entry: String, version: Int64, at now: Timestamp, _ transaction: Transaction
    ) throws {
        _ = try transaction.execute(
            "DELETE FROM operations WHERE done_at < $1", [.integer((now - retention).microseconds)])
        _ = try transaction.execute(
            "INSERT INTO operations (entry, operation, version, done_at) VALUES ($1, $2, $3, $4)",
            parameters(operation, entry) + [.integer(version), .integer(now.microseconds)])
    }

    private static func parameters(_ operation: OperationID, _ entry: String) -> [SQLValue] {
        [.text(entry), .text(operation.text)]
    }
}
