import Model
import SQL

/// The SQL of `indexed_accounts` for whoever writes it, and of SQLite's trigram index beside it.
///
/// Nothing here counts: that is `IndexBatch`'s, which alone adds, changes and removes accounts.
enum IndexTable {
    /// What has to be known of an account before its row is changed.
    struct Standing: Sendable {
        let id: Int64
        let types: Int64
        let isPresent: Bool
        let seen: Int64
        let readAt: Timestamp
        let text: String
    }

    /// A row before it is changed.
    struct Stored: Sendable {
        let standing: Standing
        /// `nil` where only the types are known.
        let account: IndexedAccount?
    }

    private static let head = "id, types, present, seen, read_at, text"

    static func standing(of account: AccountID, _ connection: any Connection) throws -> Standing? {
        try connection.queryOne(
            "SELECT \(head) FROM indexed_accounts WHERE store = $1 AND entry = $2", key(account)
        ).map { try standing($0, from: 0) }
    }

    /// The rows of a store's entries.
    static func find(_ entries: [String], of store: StoreID, _ connection: any Connection) throws -> [String: Stored] {
        var found: [String: Stored] = [:]
        for part in Places.padded(entries.map(SQLValue.text)) {
            let rows = try connection.query(
                """
                SELECT entry, \(head), \(IndexedAccount.columns) FROM indexed_accounts
                WHERE store = $1 AND entry IN (\(Places.list(from: 2, count: part.count)))
                """, [SQLValue(store)] + part)
            for row in rows {
                let entry = try row.text(0)
                let id = try row.parsed(0) { AccountID(store: store, entry: $0) }
                let standing = try standing(row, from: 1)
                found[entry] = Stored(
                    standing: standing, account: standing.isPresent ? try IndexedAccount(id, row, from: 7) : nil)
            }
        }
        return found
    }

    /// Accounts that were told of before these turns only, or at them; in order of entry, after one.
    static func entries(
        of store: StoreID, seen turns: Range<Int64>, after entry: String, limit: Int, _ connection: any Connection
    ) throws -> [String] {
        try connection.query(
            """
            SELECT entry FROM indexed_accounts
            WHERE store = $1 AND entry > $2 AND present = 1 AND seen >= $3 AND seen < $4 ORDER BY entry LIMIT $5
            """,
            [
                SQLValue(store), .text(entry), .integer(turns.lowerBound), .integer(turns.upperBound), SQLValue(limit),
            ]
        ).map { try $0.text(0) }
    }

    /// Writes rows of accounts, new or not; what they are enrolled with stays.
    static func put(
        _ accounts: [IndexedAccount], of store: StoreID, seen turn: Int64, at readAt: Timestamp,
        _ connection: any Connection
    ) throws {
        let columns = IndexedAccount.columns.split { $0 == "," || $0 == " " || $0 == "\n" }
        let changes = (["present", "seen", "read_at"] + columns).map { "\($0) = excluded.\($0)" }
        for part in Places.parts(of: accounts) {
            _ = try connection.execute(
                """
                INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, \(IndexedAccount.columns))
                VALUES \(Places.rows(part.count, of: 6 + columns.count))
                ON CONFLICT (store, entry) DO UPDATE SET \(changes.joined(separator: ", "))
                """,
                part.flatMap { account in
                    [
                        SQLValue(store), .text(account.id.entry), 0, 1, .integer(turn), SQLValue(readAt),
                    ] + account.values
                })
        }
    }

    /// Notes that accounts were told of.
    static func setSeen(
        _ entries: [String], of store: StoreID, turn: Int64, at readAt: Timestamp, _ connection: any Connection
    ) throws {
        for part in Places.padded(entries.map(SQLValue.text)) {
            _ = try connection.execute(
                """
                UPDATE indexed_accounts SET seen = $1, read_at = $2
                WHERE store = $3 AND present = 1 AND entry IN (\(Places.list(from: 4, count: part.count)))
                """, [.integer(turn), SQLValue(readAt), SQLValue(store)] + part)
        }
    }

    static func delete(ids: [Int64], _ connection: any Connection) throws {
        for part in Places.padded(ids.map { .integer($0) }) {
            _ = try connection.execute(
                "DELETE FROM indexed_accounts WHERE id IN (\(Places.list(from: 1, count: part.count)))", part)
        }
    }

    /// Leaves nothing of accounts but their types.
    static func empty(ids: [Int64], _ connection: any Connection) throws {
        for part in Places.padded(ids.map { .integer($0) }) {
            _ = try connection.execute(
                """
                UPDATE indexed_accounts SET present = 0, sort_key = '', text = '', login = '', name = '',
                    first_name = '', last_name = '', mail = NULL, language = NULL, container = '[]'
                WHERE id IN (\(Places.list(from: 1, count: part.count)))
                """, part)
        }
    }

    /// The row of an account of which nothing but its types is known.
    static func insertTypes(_ types: Int64, of account: AccountID, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, sort_key, text, login, name,
                first_name, last_name, container, locked, disabled, must_change)
            VALUES ($1, $2, $3, 0, 0, 0, '', '', '', '', '', '', '[]', 0, 0, 0)
            """, key(account) + [.integer(types)])
    }

    static func setTypes(_ types: Int64, id: Int64, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE indexed_accounts SET types = $2 WHERE id = $1", [.integer(id), .integer(types)])
    }

    private static func standing(_ row: Row, from first: Int) throws -> Standing {
        Standing(
            id: try row.integer(first), types: try row.integer(first + 1), isPresent: try row.bool(first + 2),
            seen: try row.integer(first + 3), readAt: try row.timestamp(first + 4), text: try row.text(first + 5))
    }

    private static func key(_ account: AccountID) -> [SQLValue] { [SQLValue(account.store), .text(account.entry)] }
}

/// SQLite's trigram index, which has to be told before and after a text changes; PostgreSQL keeps its own.
extension IndexTable {
    /// The rows' texts are about to change or to go.
    static func forgetText(ids: [Int64], _ connection: any Connection) throws {
        guard connection.dialect == .sqlite else { return }
        for part in Places.padded(ids.map { .integer($0) }) {
            _ = try connection.execute(
                """
                INSERT INTO indexed_accounts_text (indexed_accounts_text, rowid, text)
                SELECT 'delete', id, text FROM indexed_accounts
                WHERE id IN (\(Places.list(from: 1, count: part.count)))
                """, part)
        }
    }

    /// The entries' texts are new.
    static func learnText(_ entries: [String], of store: StoreID, _ connection: any Connection) throws {
        guard connection.dialect == .sqlite else { return }
        for part in Places.padded(entries.map(SQLValue.text)) {
            _ = try connection.execute(
                """
                INSERT INTO indexed_accounts_text (rowid, text) SELECT id, text FROM indexed_accounts
                WHERE store = $1 AND entry IN (\(Places.list(from: 2, count: part.count)))
                """, [SQLValue(store)] + part)
        }
    }
}
