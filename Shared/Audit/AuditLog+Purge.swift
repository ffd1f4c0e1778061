import Model
import SQL
import StrictJSON

extension AuditLog {
    /// Removes rows older than a moment from the front of the chain and records it there (PR-03).
    ///
    /// Only whole runs from the front go, and the newest row always stays, as does the newest copied from another chain:
    /// it says where the copy goes on. The row of the purge holds the number and
    /// the hash of the last row removed; without it the verifier takes a missing front for removed rows.
    ///
    /// - Parameters:
    ///   - moment: rows that happened before it may go.
    ///   - limit: at most this many at once, so that one batch stays short.
    ///   - now: when the purge is recorded.
    /// - Returns: how many went; call again while it is the limit.
    @discardableResult
    public func purge(
        before moment: Timestamp, limit: Int = 1_000, now: Timestamp, in transaction: Transaction
    ) throws(DatabaseError) -> Int {
        let start = try AuditHeadRow.locked(service: service, transaction).start
        // Only the front is looked at, so that a chain of millions of young rows costs nothing.
        let firstKept = try transaction.queryOne(
            """
            SELECT min(sequence)
            FROM (SELECT sequence, at, origin_service, origin_sequence FROM audit ORDER BY sequence LIMIT $1) AS front
            WHERE at >= $2 OR sequence = (SELECT max(sequence) FROM audit)
                OR origin_service IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM audit AS later WHERE later.origin_service = front.origin_service
                    AND later.origin_sequence > front.origin_sequence)
            """, [SQLValue(limit + 1), SQLValue(moment)])
        let end = start.sequence + Int64(limit)
        let last = min(try firstKept?.optionalInteger(0).map { $0 - 1 } ?? end, end)
        guard last > start.sequence, let hash = try AuditHeadRow.hash(at: last, transaction) else { return 0 }
        var event = AuditEvent(.purge, by: .system, at: now)
        event.detail = PurgeDetail(last: AuditHead(sequence: last, hash: hash)).members
        try append(event, in: transaction)
        try transaction.execute(
            "UPDATE audit_head SET start_sequence = $1, start_hash = $2 WHERE id = 1", [.integer(last), .blob(hash)])
        try uncount(through: last, transaction)
        return try transaction.execute("DELETE FROM audit WHERE sequence <= $1", [.integer(last)])
    }
}

/// What the row of a purge says: the last row it removed.
struct PurgeDetail: Equatable {
    let last: AuditHead

    init(last: AuditHead) {
        self.last = last
    }

    init?(_ record: AuditRecord) {
        let detail = JSON.object(record.event.detail)
        guard record.event.kind == .purge, let sequence = detail["through"]?.integerValue,
            let hash = detail["hash"]?.stringValue.flatMap(parseHash)
        else { return nil }
        last = AuditHead(sequence: sequence, hash: hash)
    }

    var members: [JSONMember] {
        [
            JSONMember(name: "through", value: .integer(last.sequence)),
            JSONMember(name: "hash", value: .string(hexadecimal(last.hash))),
        ]
    }
}
