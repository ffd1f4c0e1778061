import AuthAPI
import Model
import SQL

/// The `approvals` table.
enum ApprovalStore {
    private static let columns = "id, account, action, operator, reason, status, created_at, expires_at"

    static func insert(_ approval: Approval, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO approvals (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                .text(approval.id.text), .text(approval.account.text), .text(approval.action.rawValue),
                .text(approval.operatorAccount.text), .text(approval.reason.rawValue),
                .text(approval.status.rawValue), SQLValue(approval.createdAt), SQLValue(approval.expires),
            ])
    }

    static func find(_ id: ApprovalID, _ connection: any Connection) throws -> Approval? {
        try connection.query("SELECT \(columns) FROM approvals WHERE id = $1", [.text(id.text)]).first.map(approval)
    }

    /// The request of an operator for an act that can still be decided or used, or was declined not long ago.
    static func live(
        _ account: AccountID, _ action: HelpdeskAction, by operatorAccount: AccountID, at now: Timestamp,
        _ connection: any Connection
    ) throws -> Approval? {
        try connection.query(
            """
            SELECT \(columns) FROM approvals
            WHERE account = $1 AND action = $2 AND operator = $3 AND expires_at > $4 AND status <> 'used'
            ORDER BY created_at DESC, id LIMIT 1
            """,
            [
                .text(account.text), .text(action.rawValue), .text(operatorAccount.text), SQLValue(now),
            ]
        ).first.map(approval)
    }

    /// What nobody has decided yet about accounts of these stores, oldest first.
    static func pending(
        of stores: Set<StoreID>, at now: Timestamp, limit: Int, _ connection: any Connection
    ) throws -> [Approval] {
        guard !stores.isEmpty else { return [] }
        var values = [SQLValue(now), SQLValue(limit)]
        // An account is its store, a tilde and its entry; the character after the tilde ends the range.
        let ranges = stores.map(\.text).sorted().map { store in
            values += [.text(store + "~"), .text(store + "\u{7F}")]
            return "account >= $\(values.count - 1) AND account < $\(values.count)"
        }
        return try connection.query(
            """
            SELECT \(columns) FROM approvals
            WHERE status = 'pending' AND expires_at > $1 AND (\(ranges.joined(separator: " OR ")))
            ORDER BY created_at, id LIMIT $2
            """, values
        ).map(approval)
    }

    /// Decides a pending request, once; `false` when somebody else has, or its time has run out.
    static func decide(
        _ id: ApprovalID, _ status: ApprovalStatus, by account: AccountID, at now: Timestamp,
        _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE approvals SET status = $2, decided_by = $3
            WHERE id = $1 AND status = 'pending' AND expires_at > $4
            """, [.text(id.text), .text(status.rawValue), .text(account.text), SQLValue(now)]) == 1
    }

    /// Spends an approval on one operation; `false` when it is none, or no longer.
    static func use(
        _ id: ApprovalID, for operation: OperationID, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE approvals SET status = 'used', operation = $2
            WHERE id = $1 AND status = 'approved' AND expires_at > $3
            """, [.text(id.text), .text(operation.text), SQLValue(now)]) == 1
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM approvals WHERE expires_at < $1", [SQLValue(before)])
    }

    private static func approval(_ row: Row) throws -> Approval {
        Approval(
            id: try row.parsed(0) { ApprovalID($0) }, account: try row.parsed(1) { AccountID($0) },
            action: try row.parsed(2) { HelpdeskAction(rawValue: $0) },
            operatorAccount: try row.parsed(3) { AccountID($0) },
            reason: try row.parsed(4) { ApprovalReason(rawValue: $0) },
            status: try row.parsed(5) { ApprovalStatus(rawValue: $0) }, createdAt: try row.timestamp(6),
            expires: try row.timestamp(7))
    }
}
