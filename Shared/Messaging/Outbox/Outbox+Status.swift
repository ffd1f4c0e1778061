import Model
import SQL

extension Outbox {
    /// How the messages of a verification or operation are doing, oldest first.
    public func status(group: String, _ connection: any Connection) throws(DatabaseError) -> [DeliveryStatus] {
        try Self.statuses(
            connection.query(
                "SELECT \(Self.statusColumns) FROM outbox WHERE message_group = $1 ORDER BY created_at, id",
                [.text(group)]))
    }

    /// How one message is doing.
    public func status(of id: MessageID, _ connection: any Connection) throws(DatabaseError) -> DeliveryStatus? {
        try Self.statuses(
            connection.query("SELECT \(Self.statusColumns) FROM outbox WHERE id = $1", [SQLValue(id)])
        ).first
    }

    /// How many messages of a group stand in each state.
    public func counts(
        group: String, _ connection: any Connection
    ) throws(DatabaseError) -> [DeliveryState: Int] {
        let rows = try connection.query(
            "SELECT state, count(*) FROM outbox WHERE message_group = $1 GROUP BY state", [.text(group)])
        var counts: [DeliveryState: Int] = [:]
        for row in rows {
            counts[try row.parsed(0) { DeliveryState(rawValue: $0) }] = Int(clamping: try row.integer(1))
        }
        return counts
    }

    /// Whether messages of a group may still go out.
    public func isWaiting(group: String, _ connection: any Connection) throws(DatabaseError) -> Bool {
        try connection.queryOne(
            """
            SELECT 1 FROM outbox WHERE message_group = $1 AND state IN ('held', 'ready', 'sending') LIMIT 1
            """, [.text(group)]) != nil
    }

    /// SMS counted on the day (UTC) of this moment, of the daily budget (RL-04).
    public func smsSent(onDayOf moment: Timestamp, _ connection: any Connection) throws(DatabaseError) -> Int {
        let row = try connection.queryOne("SELECT sent FROM sms_budget WHERE day = $1", [SQLValue(day(of: moment))])
        return Int(clamping: try row?.integer(0) ?? 0)
    }

    private static let statusColumns = "id, kind, channel, masked, state, attempts, last_error, due_at"

    private static func statuses(_ rows: [Row]) throws(DatabaseError) -> [DeliveryStatus] {
        var statuses: [DeliveryStatus] = []
        for row in rows {
            let state = try row.parsed(4) { DeliveryState(rawValue: $0) }
            statuses.append(
                DeliveryStatus(
                    message: try row.parsed(0) { MessageID($0) }, kind: try row.parsed(1) { MessageKind(rawValue: $0) },
                    channel: try row.parsed(2) { MessageChannelKind(rawValue: $0) }, masked: try row.text(3),
                    state: state, attempts: Int(clamping: try row.integer(5)), lastError: try row.optionalText(6),
                    nextAttempt: state == .ready ? try row.optionalTimestamp(7) : nil))
        }
        return statuses
    }
}

/// Whole days since 1970-01-01.
func day(of moment: Timestamp) -> Int64 {
    let seconds = moment.seconds
    return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
}
