import Model
import SQL

extension Outbox {
    private static let queueColumns =
        "id, kind, channel, masked, state, attempts, last_error, due_at, language, created_at, tried_at, expires_at, "
        + "finished_at"

    /// Messages, the newest first.
    public func list(
        _ filter: QueueFilter, after position: QueuePosition?, limit: Int, _ connection: any Connection
    ) throws(DatabaseError) -> [QueuedMessage] {
        var conditions = [Self.isKnownKind]
        var values: [SQLValue] = [SQLValue(limit)]
        if !filter.states.isEmpty {
            // Constants of the program.
            conditions.append("state IN (\(filter.states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))")
        }
        if let channel = filter.channel {
            values.append(.text(channel.rawValue))
            conditions.append("channel = $\(values.count)")
        }
        if let position {
            values += [SQLValue(position.created), SQLValue(position.id)]
            conditions.append("(created_at, id) < ($\(values.count - 1), $\(values.count))")
        }
        let rows = try connection.query(
            "SELECT \(Self.queueColumns) FROM outbox WHERE \(conditions.joined(separator: " AND ")) "
                + "ORDER BY created_at DESC, id DESC LIMIT $1", values)
        var messages: [QueuedMessage] = []
        for row in rows { messages.append(try message(row)) }
        return messages
    }

    /// Makes a message that waits for its next try due now. Wake the worker after the commit.
    ///
    /// One that has ended has no words any more (PW-03), and one that is held waits for what it tells of.
    public func deliverNow(_ id: MessageID, in transaction: Transaction) throws(DatabaseError) -> QueueChange {
        try change(id, when: [.ready], in: transaction, "UPDATE outbox SET due_at = $2 WHERE id = $1")
    }

    /// Takes a message out of the queue: one that waits is not sent and is wiped, one that was given up is no longer
    /// listed as failed. The row stays until it is purged.
    public func delete(_ id: MessageID, in transaction: Transaction) throws(DatabaseError) -> QueueChange {
        try change(
            id, when: [.ready, .dead, .expired], in: transaction,
            """
            UPDATE outbox SET state = 'discarded', sealed = NULL, due_at = NULL, last_error = 'deleted',
                finished_at = $2
            WHERE id = $1
            """)
    }

    private func change(
        _ id: MessageID, when allowed: Set<DeliveryState>, in transaction: Transaction, _ statement: String
    ) throws(DatabaseError) -> QueueChange {
        let row = try transaction.queryOne("SELECT state, kind FROM outbox WHERE id = $1", [SQLValue(id)])
        guard let row else { return .notFound }
        let state = try row.parsed(0) { DeliveryState(rawValue: $0) }
        let kind = try row.parsed(1) { MessageKind(rawValue: $0) }
        guard allowed.contains(state) else { return .notPossible(state) }
        // A worker may have taken it since it was read.
        let changed = try transaction.execute(
            statement + " AND state = '\(state.rawValue)'", [SQLValue(id), SQLValue(clock.now())])
        return changed == 1 ? .done(kind) : .notPossible(.sending)
    }

    private func message(_ row: Row) throws(DatabaseError) -> QueuedMessage {
        let state = try row.parsed(4) { DeliveryState(rawValue: $0) }
        let kind = try row.parsed(1) { MessageKind(rawValue: $0) }
        let status = DeliveryStatus(
            message: try row.parsed(0) { MessageID($0) }, kind: kind,
            channel: try row.parsed(2) { MessageChannelKind(rawValue: $0) }, masked: try row.text(3), state: state,
            attempts: Int(clamping: try row.integer(5)), lastError: try row.optionalText(6),
            nextAttempt: state == .ready ? try row.optionalTimestamp(7) : nil)
        return QueuedMessage(
            status: status, subject: templates.subject(of: kind, try row.optionalText(8)),
            created: try row.timestamp(9), lastAttempt: try row.optionalTimestamp(10),
            expires: try row.optionalTimestamp(11), finished: try row.optionalTimestamp(12))
    }

    /// Shows how a kind of message looks.
    public func preview(_ kind: MessageKind, in language: MessageLanguage?) throws(TemplateError) -> MessagePreview {
        try templates.preview(kind, in: language ?? templates.standard, at: clock.now())
    }
}
