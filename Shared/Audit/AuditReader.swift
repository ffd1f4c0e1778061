import Model
import SQL

/// Reads a chain: in order for the feed, filtered and newest first for the history.
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

    /// A page of the history, newest first.
    ///
    /// - Parameters:
    ///   - position: the last row of the page before; `nil` for the first page.
    ///   - limit: at most this many, 1 to 1,000.
    public static func page(
        _ filter: AuditFilter, after position: AuditPosition? = nil, limit: Int, _ connection: any Connection
    ) throws(DatabaseError) -> [AuditRecord] {
        var query = AuditQuery(filter)
        if let position { query.goOnAfter(position) }
        let limit = query.bind(SQLValue(min(max(limit, 1), 1_000)))
        return try records(
            "SELECT \(AuditRow.columns) FROM audit\(query.condition) ORDER BY at DESC, sequence DESC LIMIT \(limit)",
            query.values, connection)
    }

    /// How many rows the filter lets through; counting stops at the bound, so that it never takes long.
    public static func count(
        _ filter: AuditFilter, atMost bound: Int, _ connection: any Connection
    ) throws(DatabaseError) -> Int {
        var query = AuditQuery(filter)
        let limit = query.bind(SQLValue(bound))
        let row = try connection.queryOne(
            "SELECT count(*) FROM (SELECT 1 FROM audit\(query.condition) LIMIT \(limit)) AS hits", query.values)
        return Int(try row?.integer(0) ?? 0)
    }

    /// All rows the filter lets through, newest first, in constant memory: the export.
    public static func forEach(
        _ filter: AuditFilter, _ connection: any Connection,
        _ body: (AuditRecord) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let query = AuditQuery(filter)
        try connection.forEach(
            "SELECT \(AuditRow.columns) FROM audit\(query.condition) ORDER BY at DESC, sequence DESC", query.values
        ) { (row) throws(DatabaseError) in try body(try AuditRow(row).record()) }
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
