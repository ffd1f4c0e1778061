import Model
import SQL

/// The failures of one factor of one account, over all operators and verifications (VS-07).
struct FactorFailures: Sendable, Equatable {
    let inARow: Int
    let lockedUntil: Timestamp?

    func isLocked(at now: Timestamp) -> Bool {
        lockedUntil.map { now < $0 } ?? false
    }
}

/// Marks the id of one counted failure.
enum FailureKind {}
/// One counted failure.
typealias FailureID = Identifier<FailureKind>

/// The `factor_failures` and `failures` tables.
enum FailureStore {
    static func find(
        _ account: AccountID, _ type: AuthenticationType, _ connection: any Connection
    ) throws -> FactorFailures {
        try connection.query(
            "SELECT in_a_row, locked_until FROM factor_failures WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)]
        ).first.map { FactorFailures(inARow: Int(try $0.integer(0)), lockedUntil: try $0.optionalTimestamp(1)) }
            ?? FactorFailures(inARow: 0, lockedUntil: nil)
    }

    static func locked(
        _ account: AccountID, at now: Timestamp, _ connection: any Connection
    ) throws -> Set<AuthenticationType> {
        let rows = try connection.query(
            "SELECT type FROM factor_failures WHERE account = $1 AND locked_until > $2",
            [.text(account.text), SQLValue(now)])
        return Set(try rows.map { try $0.parsed(0) { AuthenticationType(rawValue: $0) } })
    }

    static func save(
        _ failures: FactorFailures, _ account: AccountID, _ type: AuthenticationType, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO factor_failures (account, type, in_a_row, locked_until) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account, type) DO UPDATE SET in_a_row = excluded.in_a_row,
                locked_until = excluded.locked_until
            """,
            [
                .text(account.text), .text(type.rawValue), .integer(Int64(failures.inARow)),
                failures.lockedUntil.map { SQLValue($0) } ?? .null,
            ])
    }

    /// Forgets the failures in a row, after a success.
    static func clear(_ account: AccountID, _ type: AuthenticationType, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM factor_failures WHERE account = $1 AND type = $2",
            [.text(account.text), .text(type.rawValue)])
    }

    static func add(_ id: FailureID, _ account: AccountID, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO failures (id, account, at) VALUES ($1, $2, $3)",
            [.text(id.text), .text(account.text), SQLValue(now)])
    }

    /// Takes back the one failure that was only reserved.
    static func takeBack(_ id: FailureID, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM failures WHERE id = $1", [.text(id.text)])
    }

    /// Whether the account, over all factors and operators, failed so often in a day that a supervisor has to say yes.
    static func hasTooMany(
        _ account: AccountID, at now: Timestamp, _ limits: SecurityLimits, _ connection: any Connection
    ) throws -> Bool {
        try count(account, since: now - .seconds(86_400), connection) >= limits[SecurityLimits.failuresPerDay]
    }

    private static func count(_ account: AccountID, since: Timestamp, _ connection: any Connection) throws -> Int {
        let rows = try connection.query(
            "SELECT count(*) FROM failures WHERE account = $1 AND at > $2", [.text(account.text), SQLValue(since)])
        return Int(try rows.first?.integer(0) ?? 0)
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM failures WHERE at < $1", [SQLValue(before)])
    }
}
