import Model
import SQL

/// One confirmed enrollment. `sealed` is the address or the TOTP secret, sealed for this account and type.
struct Enrollment: Sendable {
    let account: AccountID
    let type: AuthenticationType
    let enrolledAt: Timestamp
    let changedAt: Timestamp?
    let contact: ContactID?
    let sealed: [UInt8]?
    let lastStep: Int64?
    /// What the owner or an import calls it, for example a key's model.
    var label: String?

    /// The associated data that binds a sealed value to its account and type (TP-03).
    static func context(_ account: AccountID, _ type: AuthenticationType) -> String {
        "enrollment:\(account.text):\(type.rawValue)"
    }
}

/// One enrollment that waits for its code.
struct PendingEnrollment: Sendable {
    let account: AccountID
    let type: AuthenticationType
    let contact: ContactID?
    let sealed: [UInt8]
    let expiresAt: Timestamp
}

/// The `enrollments` table.
enum EnrollmentStore {
    private static let columns = "account, type, enrolled_at, changed_at, contact, sealed, last_step, label"

    static func all(of account: AccountID, _ connection: any Connection) throws -> [Enrollment] {
        try connection.query(
            "SELECT \(columns) FROM enrollments WHERE account = $1 ORDER BY type", [.text(account.text)]
        ).map(enrollment)
    }

    static func find(
        _ account: AccountID, _ type: AuthenticationType, _ connection: any Connection
    ) throws -> Enrollment? {
        try connection.query(
            "SELECT \(columns) FROM enrollments WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)]
        ).first.map(enrollment)
    }

    static func save(_ enrollment: Enrollment, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO enrollments (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (account, type) DO UPDATE SET enrolled_at = excluded.enrolled_at,
                changed_at = excluded.changed_at, contact = excluded.contact, sealed = excluded.sealed,
                last_step = excluded.last_step, label = excluded.label
            """,
            [
                .text(enrollment.account.text), .text(enrollment.type.rawValue), SQLValue(enrollment.enrolledAt),
                enrollment.changedAt.map { SQLValue($0) } ?? .null,
                enrollment.contact.map { .text($0.text) } ?? .null, enrollment.sealed.map { .blob($0) } ?? .null,
                enrollment.lastStep.map { .integer($0) } ?? .null, SQLValue(enrollment.label),
            ])
    }

    /// Takes a TOTP step if it is later than the last one taken; one statement, so that of many posts one wins (TP-02).
    static func takeStep(_ step: Int64, of account: AccountID, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            """
            UPDATE enrollments SET last_step = $2
            WHERE account = $1 AND type = 'authenticator' AND (last_step IS NULL OR last_step < $2)
            """,
            [.text(account.text), .integer(step)]) == 1
    }

    static func remove(_ account: AccountID, _ type: AuthenticationType, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "DELETE FROM enrollments WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)]) == 1
    }

    private static func enrollment(_ row: Row) throws -> Enrollment {
        Enrollment(
            account: try row.parsed(0) { AccountID($0) },
            type: try row.parsed(1) { AuthenticationType(rawValue: $0) }, enrolledAt: try row.timestamp(2),
            changedAt: try row.optionalTimestamp(3), contact: try row.optionalText(4).flatMap { ContactID($0) },
            sealed: try row.optionalBlob(5), lastStep: try row.optionalInteger(6), label: try row.optionalText(7))
    }
}

/// The `pending_enrollments` table.
enum PendingEnrollmentStore {
    static func save(_ pending: PendingEnrollment, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO pending_enrollments (account, type, contact, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account, type) DO UPDATE SET contact = excluded.contact, sealed = excluded.sealed,
                expires_at = excluded.expires_at, wrong = 0
            """,
            [
                .text(pending.account.text), .text(pending.type.rawValue),
                pending.contact.map { .text($0.text) } ?? .null, .blob(pending.sealed), SQLValue(pending.expiresAt),
            ])
    }

    static func find(
        _ account: AccountID, _ type: AuthenticationType, _ connection: any Connection
    ) throws -> PendingEnrollment? {
        try connection.query(
            "SELECT contact, sealed, expires_at FROM pending_enrollments WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)]
        ).first.map { row in
            PendingEnrollment(
                account: account, type: type, contact: try row.optionalText(0).flatMap { ContactID($0) },
                sealed: try row.blob(1), expiresAt: try row.timestamp(2))
        }
    }

    /// Counts a wrong confirmation and answers how many there were.
    static func countWrong(
        _ account: AccountID, _ type: AuthenticationType, _ connection: any Connection
    ) throws -> Int {
        let rows = try connection.query(
            """
            UPDATE pending_enrollments SET wrong = wrong + 1 WHERE account = $1 AND type = $2 RETURNING wrong
            """, [.text(account.text), .text(type.rawValue)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    static func remove(_ account: AccountID, _ type: AuthenticationType, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM pending_enrollments WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM pending_enrollments WHERE expires_at < $1", [SQLValue(before)])
    }
}
