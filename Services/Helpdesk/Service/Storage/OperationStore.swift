import AuthClient
import Model
import SQL

/// One reset or unlock over one or several accounts, as it was asked for.
struct Operation: Sendable, Equatable {
    /// What allows it (VS-10).
    enum Authority: String, Sendable {
        /// Not asked for yet.
        case pending
        /// A proof was redeemed.
        case proved
        /// Verification was skipped, by an operator who may.
        case skipped
        /// The auth service said no.
        case refused
        /// The owner's secure link was used.
        case ownersLink
    }

    let id: OperationID
    let operatorAccount: AccountID
    let session: SessionID
    /// The account whose page it was started from.
    let subject: AccountID
    let action: HelpdeskAction
    let verification: VerificationID?
    /// Why verification was skipped, in the operator's words.
    let reason: String?
    /// Where the password goes.
    let contacts: [ContactID]
    let authority: Authority
    /// The new password, sealed, until all accounts are done or the time for retries has passed.
    let sealedPassword: [UInt8]?
    let isGenerated: Bool
    let mustChange: Bool
    /// The idempotency key of the request that is working on it, or was last.
    let requestKey: String
    let origin: ClientOrigin
    let createdAt: Timestamp
    let lease: Lease
    let finishedAt: Timestamp?
    /// How the password reaches its owner; `nil` for an unlock.
    var method: HelpdeskPolicy.ResetMethod?
    /// The link that is used; `nil` for everything an operator does.
    var link: SecureLinkID?

    /// Until when nobody else may settle the operation, and who holds it.
    struct Lease: Sendable, Equatable {
        let owner: String
        let until: Timestamp
    }

    /// The associated data that binds a sealed password to its operation.
    static func context(_ id: OperationID) -> String { "operation-password:\(id.text)" }

    /// The name the messages of one account's act share in the outbox.
    static func group(_ id: OperationID, _ account: AccountID) -> String { "\(id.text):\(account.text)" }
}

/// The `operations` table.
enum OperationStore {
    private static let columns = """
        id, operator, session, subject, action, verification, reason, contacts, authority, password, is_generated,
        must_change, request_key, source, client, created_at, lease_owner, lease_until, finished_at,
        method, link
        """

    /// Opens an operation, or one again whose request was given back; `false` when somebody is working on it.
    static func open(_ operation: Operation, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO operations (\(columns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL, $19, $20)
            ON CONFLICT (id) DO UPDATE SET session = excluded.session, verification = excluded.verification,
                reason = excluded.reason, contacts = excluded.contacts, authority = excluded.authority,
                password = excluded.password, is_generated = excluded.is_generated,
                must_change = excluded.must_change, request_key = excluded.request_key, source = excluded.source,
                client = excluded.client, created_at = excluded.created_at, lease_owner = excluded.lease_owner,
                lease_until = excluded.lease_until, finished_at = NULL,
                method = excluded.method
            WHERE operations.finished_at IS NOT NULL
            """,
            [
                SQLValue(operation.id), SQLValue(operation.operatorAccount), SQLValue(operation.session),
                SQLValue(operation.subject), .text(operation.action.rawValue), SQLValue(operation.verification),
                SQLValue(operation.reason), .text(operation.contacts.map(\.text).joined(separator: " ")),
                .text(operation.authority.rawValue), SQLValue(operation.sealedPassword),
                SQLValue(operation.isGenerated), SQLValue(operation.mustChange), .text(operation.requestKey),
                .text(operation.origin.address), SQLValue(operation.origin.client), SQLValue(operation.createdAt),
                .text(operation.lease.owner), SQLValue(operation.lease.until), SQLValue(operation.method?.rawValue),
                SQLValue(operation.link),
            ]) == 1
    }

    /// Opens a finished operation for another try; `false` when somebody is working on it.
    static func reopen(
        _ id: OperationID, for requestKey: String, _ lease: Operation.Lease, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE operations SET finished_at = NULL, request_key = $2, lease_owner = $3, lease_until = $4
            WHERE id = $1 AND finished_at IS NOT NULL
            """,
            [SQLValue(id), .text(requestKey), .text(lease.owner), SQLValue(lease.until)]) == 1
    }

    static func find(_ id: OperationID, _ connection: any Connection) throws -> Operation? {
        try connection.query("SELECT \(columns) FROM operations WHERE id = $1", [SQLValue(id)]).first.map(operation)
    }

    /// Operations nobody is working on any more: the lease has ended, or this node held it in an earlier life.
    static func abandoned(
        at now: Timestamp, node: String?, _ connection: any Connection
    ) throws -> [Operation] {
        try connection.query(
            """
            SELECT \(columns) FROM operations
            WHERE finished_at IS NULL AND (lease_until <= $1 OR lease_owner = $2) ORDER BY created_at LIMIT 100
            """, [SQLValue(now), .text(node ?? "")]
        ).map(operation)
    }

    /// Takes over the lease of an abandoned operation; `false` when another replica was faster.
    static func claim(
        _ operation: Operation, _ lease: Operation.Lease, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE operations SET lease_owner = $2, lease_until = $3
            WHERE id = $1 AND finished_at IS NULL AND lease_owner = $4 AND lease_until = $5
            """,
            [
                SQLValue(operation.id), .text(lease.owner), SQLValue(lease.until), .text(operation.lease.owner),
                SQLValue(operation.lease.until),
            ]) == 1
    }

    /// Ends a lease before its time, so that the operation is settled soon.
    static func letGo(
        _ id: OperationID, owner: String, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            "UPDATE operations SET lease_until = $3 WHERE id = $1 AND lease_owner = $2 AND finished_at IS NULL",
            [SQLValue(id), .text(owner), SQLValue(now)])
    }

    /// Records what allows the operation, once; `false` when it was settled meanwhile.
    static func authorize(
        _ id: OperationID, by authority: Operation.Authority, owner: String, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE operations SET authority = $2 WHERE id = $1 AND finished_at IS NULL AND lease_owner = $3
            """, [SQLValue(id), .text(authority.rawValue), .text(owner)]) == 1
    }

    /// Ends the work on an operation. The password stays only where an account failed and can be tried again.
    static func finish(
        _ id: OperationID, keepingPassword: Bool, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            UPDATE operations SET finished_at = $2, password = CASE WHEN $3 = 1 THEN password ELSE NULL END
            WHERE id = $1
            """, [SQLValue(id), SQLValue(now), SQLValue(keepingPassword)])
    }

    /// How many resets an operator has begun since a moment (OP-06): linked accounts in one act count once, and what
    /// never came to anything does not.
    static func countResets(
        by account: AccountID, since: Timestamp, except id: OperationID, _ connection: any Connection
    ) throws -> Int {
        let rows = try connection.query(
            """
            SELECT count(*) FROM operations WHERE operator = $1 AND action = $2 AND created_at > $3 AND id <> $4
                AND (authority IN ('proved', 'skipped') OR (authority = 'pending' AND finished_at IS NULL))
            """,
            [SQLValue(account), .text(HelpdeskAction.resetPassword.rawValue), SQLValue(since), SQLValue(id)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    /// Wipes the passwords that can no longer be tried again (PW-03).
    static func wipePasswords(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            UPDATE operations SET password = NULL
            WHERE password IS NOT NULL AND created_at < $1 AND finished_at IS NOT NULL
            """, [SQLValue(before)])
    }

    static func purge(finishedBefore moment: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM intents WHERE operation IN (SELECT id FROM operations WHERE finished_at < $1)",
            [SQLValue(moment)])
        _ = try connection.execute("DELETE FROM operations WHERE finished_at < $1", [SQLValue(moment)])
    }

    private static func operation(_ row: Row) throws -> Operation {
        Operation(
            id: try row.parsed(0) { OperationID($0) }, operatorAccount: try row.parsed(1) { AccountID($0) },
            session: try row.parsed(2) { SessionID($0) }, subject: try row.parsed(3) { AccountID($0) },
            action: try row.parsed(4) { HelpdeskAction(rawValue: $0) },
            verification: try row.optionalParsed(5) { VerificationID($0) }, reason: try row.optionalText(6),
            contacts: try row.text(7).split(separator: " ").compactMap { ContactID($0) },
            authority: try row.parsed(8) { Operation.Authority(rawValue: $0) },
            sealedPassword: try row.optionalBlob(9), isGenerated: try row.bool(10), mustChange: try row.bool(11),
            requestKey: try row.text(12),
            origin: ClientOrigin(address: try row.text(13), client: try row.optionalText(14)),
            createdAt: try row.timestamp(15),
            lease: Operation.Lease(owner: try row.text(16), until: try row.timestamp(17)),
            finishedAt: try row.optionalTimestamp(18),
            method: try row.optionalParsed(19) { HelpdeskPolicy.ResetMethod(rawValue: $0) },
            link: try row.optionalParsed(20) { SecureLinkID($0) })
    }
}
