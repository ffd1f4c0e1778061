import Model
import SQL

/// Reads a chain: in order for the feed, counted for the dashboard. `AuditSearch` looks for rows.
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

    /// How often each kind ended how, for the dashboard.
    public static func counts(
        _ filter: AuditFilter, _ connection: any Connection
    ) throws(DatabaseError) -> [AuditCount] {
        let query = AuditQuery(filter)
        let rows = try connection.query(
            "SELECT kind, outcome, type, count(*) FROM audit\(query.condition) GROUP BY kind, outcome, type"
                + " ORDER BY kind, outcome, type",
            query.values)
        var counts: [AuditCount] = []
        for row in rows {
            counts.append(
                AuditCount(
                    kind: try row.parsed(0) { AuditKind(rawValue: $0) },
                    outcome: try row.parsed(1) { AuditOutcome(rawValue: $0) },
                    type: try row.optionalParsed(2) { AuthenticationType(rawValue: $0) },
                    count: Int(try row.integer(3))))
        }
        return counts
    }

    private static func records(
        _ sql: String, _ values: [SQLValue], _ connection: any Connection
    ) throws(DatabaseError) -> [AuditRecord] {
        var records: [AuditRecord] = []
        for row in try connection.query(sql, values) { records.append(try AuditRow(row).record()) }
        return records
    }
}

/// How often something was recorded.
public struct AuditCount: Sendable, Equatable {
    /// What.
    public let kind: AuditKind
    /// How it ended.
    public let outcome: AuditOutcome
    /// With which authentication type, if any.
    public let type: AuthenticationType?
    /// How often.
    public let count: Int
}
