import Model
import SQL

extension Outbox {
    /// What waits in one channel.
    struct Survey: Sendable {
        /// Messages due now, counted up to the limit asked for.
        let due: Int
        /// When the next one will be.
        let next: Timestamp?
    }

    /// Leaves messages alone that a newer version enqueued and this one has no name for. Constants of the program.
    static let isKnownKind = "kind IN (" + MessageKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

    func survey(
        _ channel: MessageChannelKind, limit: Int, _ connection: any Connection
    ) throws(DatabaseError) -> Survey {
        let values: [SQLValue] = [.text(channel.rawValue), SQLValue(clock.now())]
        let due = try connection.queryOne(
            """
            SELECT count(*) FROM
                (SELECT id FROM outbox WHERE channel = $1 AND due_at <= $2 AND \(Self.isKnownKind)
                ORDER BY due_at LIMIT $3) AS due
            """, values + [SQLValue(limit)])
        let next = try connection.queryOne(
            "SELECT due_at FROM outbox WHERE channel = $1 AND due_at > $2 ORDER BY due_at LIMIT 1", values)
        return Survey(due: Int(clamping: try due?.integer(0) ?? 0), next: try next?.timestamp(0))
    }

    /// What is to be seen of one channel from outside.
    struct Backlog: Sendable, Equatable {
        /// Messages that wait or are being sent.
        var queued = 0
        /// How long the oldest of them has been waiting.
        var oldest = Duration.zero
        /// Messages that were given up or came too late, and are still listed.
        var givenUp = 0
    }

    func backlog(_ channel: MessageChannelKind, _ connection: any Connection) throws(DatabaseError) -> Backlog {
        let waiting = try connection.queryOne(
            "SELECT count(*), min(queued_at) FROM outbox WHERE channel = $1 AND due_at IS NOT NULL",
            [.text(channel.rawValue)])
        let ended = try connection.queryOne(
            "SELECT count(*) FROM outbox WHERE channel = $1 AND state IN ('dead', 'expired')",
            [.text(channel.rawValue)])
        var backlog = Backlog()
        backlog.queued = Int(clamping: try waiting?.integer(0) ?? 0)
        if let since = try waiting?.optionalTimestamp(1) { backlog.oldest = max(.zero, clock.now() - since) }
        backlog.givenUp = Int(clamping: try ended?.integer(0) ?? 0)
        return backlog
    }

    /// Wipes held messages nobody decided on: past their expiry, or a day old. Their operation was settled long ago.
    func endForgotten(in transaction: Transaction) throws(DatabaseError) -> Int {
        let now = clock.now()
        return try transaction.execute(
            """
            UPDATE outbox SET state = CASE WHEN expires_at <= $1 THEN 'expired' ELSE 'discarded' END, sealed = NULL,
                last_error = 'never_released', finished_at = $1
            WHERE state = 'held' AND (created_at <= $2 OR expires_at <= $1)
            """, [SQLValue(now), SQLValue(now - AttemptFacts.patience)])
    }

    /// Deletes what ended before that moment (PR-03); answers how many messages.
    @discardableResult
    public func purge(endedBefore moment: Timestamp, in transaction: Transaction) throws(DatabaseError) -> Int {
        try transaction.execute("DELETE FROM sms_budget WHERE day < $1", [SQLValue(day(of: moment))])
        return try transaction.execute("DELETE FROM outbox WHERE finished_at < $1", [SQLValue(moment)])
    }
}
