import Model
import SQL

/// The `weakenings` table: when the help desk last removed a type that a caller could have been asked for.
enum WeakeningStore {
    static func note(_ account: AccountID, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO weakenings (account, at) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET at = excluded.at",
            [.text(account.text), SQLValue(now)])
    }

    static func hasAny(of account: AccountID, since: Timestamp, _ connection: any Connection) throws -> Bool {
        try !connection.query(
            "SELECT at FROM weakenings WHERE account = $1 AND at > $2", [.text(account.text), SQLValue(since)]
        ).isEmpty
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM weakenings WHERE at < $1", [SQLValue(before)])
    }
}
