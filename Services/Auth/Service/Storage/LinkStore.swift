import Model
import SQL

/// The `links` table: which account's enrollment serves which other accounts of the same person.
public enum LinkStore {
    /// The master of an account: the account itself where it is not linked.
    static func master(of account: AccountID, _ connection: any Connection) throws -> AccountID {
        try connection.query("SELECT master FROM links WHERE account = $1", [.text(account.text)])
            .first.map { try $0.parsed(0) { AccountID($0) } } ?? account
    }

    /// Every account of the person this one belongs to, itself included.
    static func samePerson(as account: AccountID, _ connection: any Connection) throws -> Set<AccountID> {
        try accounts(ofMaster: master(of: account, connection), connection).union([account])
    }

    /// Every account of the person, the master included.
    static func accounts(ofMaster master: AccountID, _ connection: any Connection) throws -> Set<AccountID> {
        let rows = try connection.query("SELECT account FROM links WHERE master = $1", [.text(master.text)])
        return Set(try rows.map { try $0.parsed(0) { AccountID($0) } }).union([master])
    }

    /// Links an account to its master; answers whether anything changed.
    public static func link(
        _ account: AccountID, to master: AccountID, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO links (account, master, linked_at) VALUES ($1, $2, $3)
            ON CONFLICT (account) DO UPDATE SET master = excluded.master, linked_at = excluded.linked_at
            WHERE links.master <> excluded.master
            """,
            [.text(account.text), .text(master.text), SQLValue(now)]) == 1
    }
}
