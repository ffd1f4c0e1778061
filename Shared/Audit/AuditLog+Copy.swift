import SQL

extension AuditLog {
    /// Appends a copy of another service's row, with its place there as origin, so that one history shows both.
    ///
    /// The head is locked first, so that two replicas do not copy the same row. Answers the number here, or `nil` when
    /// the row was copied before: the feed may be read twice.
    @discardableResult
    public func appendCopy(
        of record: AuditRecord, from service: String, in transaction: Transaction
    ) throws(DatabaseError) -> Int64? {
        try transaction.enlist(self)
        let known = try transaction.queryOne(
            "SELECT sequence FROM audit WHERE origin_service = $1 AND origin_sequence = $2",
            [.text(service), .integer(record.sequence)])
        guard known == nil else { return nil }
        var event = record.event
        event.origin = AuditOrigin(service: service, sequence: record.sequence)
        return try append(event, in: transaction)
    }
}
