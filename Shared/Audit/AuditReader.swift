import Model
import SQL

/// Reads a chain: in order, for the feed. `AuditSearch` looks for rows, `AuditCounter` counts them.
public enum AuditReader {
    /// The end of the chain.
    public static func head(_ connection: any Connection) throws(DatabaseError) -> AuditHead {
        try AuditHeadRow.load(connection)?.head ?? .empty
    }

    /// The rows after a number, in order: the event feed.
    ///
    /// - Parameter limit: at most this many, 1 to 1,000.
    public static func records(
        after sequence: Int64, limit: Int, _ connection: any Connection
    ) throws(DatabaseError) -> [AuditRecord] {
        try records(
            "SELECT \(AuditRow.columns) FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            [.integer(sequence), SQLValue(min(max(limit, 1), 1_000))], connection)
    }

    /// The number of the last row copied from another service's chain; 0 before the first.
    public static func lastCopied(
        from service: String, _ connection: any Connection
    ) throws(DatabaseError) -> Int64 {
        let row = try connection.queryOne(
            "SELECT max(origin_sequence) FROM audit WHERE origin_service = $1", [.text(service)])
        return try row?.optionalInteger(0) ?? 0
    }

    private static func records(
        _ sql: String, _ values: [SQLValue], _ connection: any Connection
    ) throws(DatabaseError) -> [AuditRecord] {
        var records: [AuditRecord] = []
        for row in try connection.query(sql, values) { records.append(try AuditRow(row).record()) }
        return records
    }
}
