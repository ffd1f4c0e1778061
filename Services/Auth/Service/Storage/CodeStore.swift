import Model
import SQL

/// One live access code: a keyed digest, never the code (AC-02).
struct StoredCode: Sendable {
    /// What the code is good for and nothing else: one verification and channel, or one enrollment (AC-05).
    let scope: String
    let contact: ContactID
    let message: MessageID
    let mac: [UInt8]
    let sentAt: Timestamp
    let expiresAt: Timestamp
    let tries: Int64
    let isUsed: Bool

    static func scope(_ verification: VerificationID, _ type: AuthenticationType) -> String {
        "verification:\(verification.text):\(type.rawValue)"
    }

    static func scope(enrollmentOf account: AccountID, _ type: AuthenticationType) -> String {
        "enrollment:\(account.text):\(type.rawValue)"
    }
}

/// The `codes` table: at most one code for each scope, so that a new one kills the old (AC-04).
enum CodeStore {
    static func save(_ code: StoredCode, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO codes (scope, contact, message, mac, sent_at, expires_at, tries)
            VALUES ($1, $2, $3, $4, $5, $6, 0)
            ON CONFLICT (scope) DO UPDATE SET contact = excluded.contact, message = excluded.message,
                mac = excluded.mac, sent_at = excluded.sent_at, expires_at = excluded.expires_at, tries = 0,
                used_at = NULL
            """,
            [
                .text(code.scope), .text(code.contact.text), .text(code.message.text), .blob(code.mac),
                SQLValue(code.sentAt), SQLValue(code.expiresAt),
            ])
    }

    static func find(_ scope: String, _ connection: any Connection) throws -> StoredCode? {
        try connection.query(
            "SELECT contact, message, mac, sent_at, expires_at, tries, used_at FROM codes WHERE scope = $1",
            [.text(scope)]
        ).first.map { row in
            StoredCode(
                scope: scope, contact: try row.parsed(0) { ContactID($0) },
                message: try row.parsed(1) { MessageID($0) }, mac: try row.blob(2), sentAt: try row.timestamp(3),
                expiresAt: try row.timestamp(4), tries: try row.integer(5),
                isUsed: try row.optionalTimestamp(6) != nil)
        }
    }

    /// Reserves a try before anything is compared (AC-03); `false` when none is left.
    static func reserveTry(_ scope: String, most: Int, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "UPDATE codes SET tries = tries + 1 WHERE scope = $1 AND tries < $2 AND used_at IS NULL",
            [.text(scope), .integer(Int64(most))]) == 1
    }

    /// Spends the code; `false` when somebody else has.
    static func use(_ scope: String, at now: Timestamp, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "UPDATE codes SET used_at = $2 WHERE scope = $1 AND used_at IS NULL", [.text(scope), SQLValue(now)]) == 1
    }

    static func remove(_ scope: String, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM codes WHERE scope = $1", [.text(scope)])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM codes WHERE expires_at < $1", [SQLValue(before)])
    }
}

/// The `code_sends` table: how often codes went to an address, by keyed digest.
enum CodeSendStore {
    /// When codes went to the address since then, the latest first.
    static func times(_ address: [UInt8], since: Timestamp, _ connection: any Connection) throws -> [Timestamp] {
        try connection.query(
            "SELECT at FROM code_sends WHERE address = $1 AND at > $2 ORDER BY at DESC",
            [.blob(address), SQLValue(since)]
        ).map { try $0.timestamp(0) }
    }

    /// When the last code went to the address that has not come back right.
    static func lastUnanswered(
        _ address: [UInt8], since: Timestamp, _ connection: any Connection
    ) throws -> Timestamp? {
        try connection.query(
            """
            SELECT at FROM code_sends WHERE address = $1 AND at > $2 AND answered = 0
            ORDER BY at DESC LIMIT 1
            """, [.blob(address), SQLValue(since)]
        ).first.map { try $0.timestamp(0) }
    }

    static func insert(
        _ address: [UInt8], scope: String, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            "INSERT INTO code_sends (address, scope, at, answered) VALUES ($1, $2, $3, 0)",
            [.blob(address), .text(scope), SQLValue(now)])
    }

    static func noteAnswered(_ scope: String, _ connection: any Connection) throws {
        _ = try connection.execute("UPDATE code_sends SET answered = 1 WHERE scope = $1", [.text(scope)])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM code_sends WHERE at < $1", [SQLValue(before)])
    }
}
