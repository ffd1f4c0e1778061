import Model
import SQL

/// The `weakenings` and `weakening_operators` tables: when the help desk last removed a type that a caller could have been
/// asked for, and who of it.
enum WeakeningStore {
    static func note(
        _ account: AccountID, by operatorAccount: AccountID, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO weakening_operators (account, operator, at) VALUES ($1, $2, $3)
            ON CONFLICT (account, operator) DO UPDATE SET at = excluded.at
            """, [.text(account.text), .text(operatorAccount.text), SQLValue(now)])
        _ = try connection.execute(
            "INSERT INTO weakenings (account, at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET at = excluded.at",
            [.text(account.text), SQLValue(now)])
    }

    static func hasAny(of account: AccountID, since: Timestamp, _ connection: any Connection) throws -> Bool {
        try !connection.query(
            "SELECT at FROM weakenings WHERE account = $1 AND at > $2", [.text(account.text), SQLValue(since)]
        ).isEmpty
    }

    /// Who has removed something of the account's since then.
    static func operators(
        of account: AccountID, since: Timestamp, _ connection: any Connection
    ) throws -> Set<AccountID> {
        let rows = try connection.query(
            "SELECT operator FROM weakening_operators WHERE account = $1 AND at > $2",
            [.text(account.text), SQLValue(since)])
        return Set(try rows.map { try $0.parsed(0) { AccountID($0) } })
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM weakenings WHERE at < $1", [SQLValue(before)])
        _ = try connection.execute("DELETE FROM weakening_operators WHERE at < $1", [SQLValue(before)])
    }
}
