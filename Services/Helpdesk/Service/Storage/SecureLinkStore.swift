import Model
import SQL

/// A link with which the owner of an account sets its password (R3).
struct SecureLink: Sendable, Equatable {
    /// How far it has come.
    enum State: String, Sendable {
        /// Not sent yet: what allows it is still being asked for.
        case held
        /// Sent, and good for one password.
        case live
        /// A password is being set, or was.
        case used
        /// Another link, or a reset, came after it (SL-03).
        case voided
        /// Its time ran out.
        case expired
        /// The desk took it back.
        case revoked
        /// It never went out.
        case discarded
    }

    let id: SecureLinkID
    let account: AccountID
    /// The operation that sent it, whose second half its use is (R10).
    let operation: OperationID
    let state: State
    /// When the last of its tokens ends.
    let expiresAt: Timestamp
    let openedAt: Timestamp?
    /// When the password was last set before the link was sent: another value means somebody else has set it since.
    let passwordSetAt: Timestamp?

    /// The name of the messages that wait for the link to be used.
    static func group(_ id: SecureLinkID) -> String { "link:\(id.text)" }
}

/// The token of a link that went out by one channel, as a digest: whoever reads the database cannot open the page (SL-01).
struct SecureLinkToken: Sendable {
    let digest: [UInt8]
    let channel: MessageChannelKind
    let expiresAt: Timestamp
}

/// The `secure_links` and `secure_link_tokens` tables.
enum SecureLinkStore {
    private static let columns = "l.id, l.account, l.operation, l.state, l.expires_at, l.opened_at, l.password_set_at"

    static func insert(
        _ link: SecureLink, _ tokens: [SecureLinkToken], _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO secure_links (id, account, operation, state, expires_at, password_set_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                SQLValue(link.id), SQLValue(link.account), SQLValue(link.operation), .text(link.state.rawValue),
                SQLValue(link.expiresAt), SQLValue(link.passwordSetAt),
            ])
        for token in tokens {
            _ = try connection.execute(
                "INSERT INTO secure_link_tokens (digest, link, channel, expires_at) VALUES ($1, $2, $3, $4)",
                [.blob(token.digest), SQLValue(link.id), .text(token.channel.rawValue), SQLValue(token.expiresAt)])
        }
    }

    static func find(_ id: SecureLinkID, _ connection: any Connection) throws -> SecureLink? {
        try connection.query("SELECT \(columns) FROM secure_links l WHERE l.id = $1", [SQLValue(id)]).first.map(link)
    }

    /// The live link a token opens now.
    static func find(
        digest: [UInt8], at now: Timestamp, _ connection: any Connection
    ) throws -> SecureLink? {
        try connection.query(
            """
            SELECT \(columns) FROM secure_links l JOIN secure_link_tokens t ON t.link = l.id
            WHERE t.digest = $1 AND t.expires_at > $2 AND l.state = 'live'
            """, [.blob(digest), SQLValue(now)]
        ).first.map(link)
    }

    static func live(of account: AccountID, _ connection: any Connection) throws -> [SecureLink] {
        try connection.query(
            "SELECT \(columns) FROM secure_links l WHERE l.account = $1 AND l.state = 'live'", [SQLValue(account)]
        ).map(link)
    }

    static func all(of operation: OperationID, _ connection: any Connection) throws -> [SecureLink] {
        try connection.query(
            "SELECT \(columns) FROM secure_links l WHERE l.operation = $1 ORDER BY l.expires_at, l.id",
            [SQLValue(operation)]
        ).map(link)
    }

    /// Live links whose time has run out.
    static func overdue(at now: Timestamp, _ connection: any Connection) throws -> [SecureLink] {
        try connection.query(
            "SELECT \(columns) FROM secure_links l WHERE l.state = 'live' AND l.expires_at <= $1 LIMIT 100",
            [SQLValue(now)]
        ).map(link)
    }

    /// Moves a link on; `false` when it was not in the state expected, because somebody else was faster.
    static func move(
        _ id: SecureLinkID, from old: SecureLink.State, to new: SecureLink.State, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            "UPDATE secure_links SET state = $3 WHERE id = $1 AND state = $2",
            [SQLValue(id), .text(old.rawValue), .text(new.rawValue)]) == 1
    }

    /// Notes that the page was opened; `true` the first time.
    static func open(_ id: SecureLinkID, at now: Timestamp, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "UPDATE secure_links SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL",
            [SQLValue(id), SQLValue(now)]) == 1
    }

    static func purge(expiredBefore moment: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM secure_link_tokens WHERE expires_at < $1", [SQLValue(moment)])
        _ = try connection.execute("DELETE FROM secure_links WHERE expires_at < $1", [SQLValue(moment)])
    }

    private static func link(_ row: Row) throws -> SecureLink {
        SecureLink(
            id: try row.parsed(0) { SecureLinkID($0) }, account: try row.parsed(1) { AccountID($0) },
            operation: try row.parsed(2) { OperationID($0) },
            state: try row.parsed(3) { SecureLink.State(rawValue: $0) }, expiresAt: try row.timestamp(4),
            openedAt: try row.optionalTimestamp(5), passwordSetAt: try row.optionalTimestamp(6))
    }
}

/// The `link_attempts` table: tokens that opened nothing and passwords that were refused, by digest of the source (RL-01).
enum LinkAttemptStore {
    static func count(_ source: [UInt8], since: Timestamp, _ connection: any Connection) throws -> Int {
        let rows = try connection.query(
            "SELECT count(*) FROM link_attempts WHERE source = $1 AND at > $2", [.blob(source), SQLValue(since)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    static func insert(
        _ id: SecureLinkID, _ source: [UInt8], at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            "INSERT INTO link_attempts (id, source, at) VALUES ($1, $2, $3)",
            [SQLValue(id), .blob(source), SQLValue(now)])
    }

    static func purge(before moment: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM link_attempts WHERE at < $1", [SQLValue(moment)])
    }
}
