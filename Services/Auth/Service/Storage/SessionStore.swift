import Model
import SQL

/// A signed-in person's session (OP-01).
struct Session: Sendable, Equatable {
    let id: SessionID
    let account: AccountID
    let createdAt: Timestamp
    let usedAt: Timestamp
    let expiresAt: Timestamp
    let isEnded: Bool
    /// When its holder last proved who sits there; `nil`: not since sign-in.
    var steppedUpAt: Timestamp?

    /// Whether it can still be used: neither signed out nor too old nor idle for too long.
    func isAlive(at now: Timestamp, limits: SecurityLimits) -> Bool {
        !isEnded && now < expiresAt && now - usedAt < limits.seconds(SecurityLimits.sessionIdleSeconds)
    }

    /// Until when it may change the configuration; `nil`: it may not.
    func steppedUpUntil(at now: Timestamp, limits: SecurityLimits) -> Timestamp? {
        steppedUpAt.map { $0 + limits.seconds(SecurityLimits.stepUpSeconds) }.flatMap { now < $0 ? $0 : nil }
    }
}

/// The `sessions` table. Refresh tokens stand there as SHA-256 digests only.
enum SessionStore {
    private static let columns = "id, account, created_at, used_at, expires_at, ended_at, stepped_up_at"

    static func insert(_ session: Session, refreshHash: [UInt8], _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO sessions (id, account, created_at, used_at, expires_at, refresh_hash)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(session.id.text), .text(session.account.text), SQLValue(session.createdAt),
                SQLValue(session.usedAt), SQLValue(session.expiresAt), .blob(refreshHash),
            ])
    }

    static func find(_ id: SessionID, _ connection: any Connection) throws -> Session? {
        try connection.query("SELECT \(columns) FROM sessions WHERE id = $1", [.text(id.text)]).first.map(session)
    }

    /// The session a refresh token belongs to, and whether the token was spent before.
    static func find(refreshHash: [UInt8], _ connection: any Connection) throws -> (Session, isSpent: Bool)? {
        let current = "SELECT \(columns) FROM sessions WHERE refresh_hash = $1"
        if let row = try connection.query(current, [.blob(refreshHash)]).first { return (try session(row), false) }
        let spent = """
            SELECT \(columns) FROM sessions WHERE id = (SELECT session FROM spent_refresh_tokens WHERE hash = $1)
            """
        return try connection.query(spent, [.blob(refreshHash)]).first.map { (try session($0), true) }
    }

    /// Puts another refresh token in place of one; every token that was spent is remembered for as long as the session,
    /// so that the oldest one still gives a thief away (RFC 9700 §4.14.2).
    static func rotate(
        _ id: SessionID, from spent: [UInt8], to next: [UInt8], at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        let changed = try connection.execute(
            """
            UPDATE sessions SET refresh_hash = $3, used_at = $4
            WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL
            """,
            [.text(id.text), .blob(spent), .blob(next), SQLValue(now)])
        guard changed == 1 else { return false }
        _ = try connection.execute(
            "INSERT INTO spent_refresh_tokens (hash, session) VALUES ($1, $2)", [.blob(spent), .text(id.text)])
        return true
    }

    static func touch(_ id: SessionID, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2", [.text(id.text), SQLValue(now)])
    }

    /// Notes a step-up; `false` when the session has ended meanwhile.
    static func stepUp(_ id: SessionID, at now: Timestamp, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "UPDATE sessions SET stepped_up_at = $2 WHERE id = $1 AND ended_at IS NULL",
            [.text(id.text), SQLValue(now)]) == 1
    }

    static func end(_ id: SessionID, at now: Timestamp, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", [.text(id.text), SQLValue(now)])
            == 1
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM spent_refresh_tokens WHERE session IN (SELECT id FROM sessions WHERE expires_at < $1)",
            [SQLValue(before)])
        _ = try connection.execute("DELETE FROM sessions WHERE expires_at < $1", [SQLValue(before)])
    }

    private static func session(_ row: Row) throws -> Session {
        Session(
            id: try row.parsed(0) { SessionID($0) }, account: try row.parsed(1) { AccountID($0) },
            createdAt: try row.timestamp(2), usedAt: try row.timestamp(3), expiresAt: try row.timestamp(4),
            isEnded: try row.optionalTimestamp(5) != nil, steppedUpAt: try row.optionalTimestamp(6))
    }
}
