import Directory
import Model
import SQL

/// What an export shows of an account: the columns of S4 and no more, so that a million of them are read quickly.
struct ExportedAccount: Sendable {
    let store: String
    let entry: String
    let sortKey: String
    let name: String
    let isLocked: Bool
    let lockedUntil: Timestamp?
    let passwordExpires: Fact<Timestamp>
    let lastPasswordSet: Fact<Timestamp>
    let types: Int64
}

extension SearchTable {
    /// The accounts of the filter in the order of the list, from a position on.
    func exported(from position: AccountPosition?, limit: Int) throws -> [ExportedAccount] {
        try avoid(["seqscan", "bitmapscan", "sort"])
        var sql = SQLText("SELECT \(Self.exportedColumns) FROM indexed_accounts a \(inOrder) WHERE a.present = 1")
        restrict(&sql, from: position, "a")
        order(&sql, by: position, limit: limit, "a")
        return try connection.query(sql.text, sql.parameters).map(ExportedAccount.init)
    }

    /// The accounts with these ids that the filter lets through, in the order of the list.
    func exported(_ accounts: [AccountID]) throws -> [ExportedAccount] {
        var found: [ExportedAccount] = []
        for store in filter.stores {
            let entries = accounts.filter { $0.store == store }.map { SQLValue.text($0.entry) }
            for part in Places.padded(entries) {
                found += try connection.query(
                    """
                    SELECT \(Self.exportedColumns) FROM indexed_accounts a
                    WHERE a.present = 1 AND a.store = $1 AND a.entry IN (\(Places.list(from: 2, count: part.count)))
                    """, [SQLValue(store)] + part
                ).map(ExportedAccount.init)
            }
        }
        return found.sorted { ($0.sortKey, $0.store, $0.entry) < ($1.sortKey, $1.store, $1.entry) }
    }

    private static let exportedColumns = """
        a.store, a.entry, a.sort_key, a.name, a.locked, a.locked_until, a.password_expires, a.last_password_set, a.types
        """
}

extension ExportedAccount {
    fileprivate init(_ row: Row) throws {
        store = try row.text(0)
        entry = try row.text(1)
        sortKey = try row.text(2)
        name = try row.text(3)
        isLocked = try row.bool(4)
        lockedUntil = try row.optionalTimestamp(5)
        passwordExpires = Fact(stored: try row.optionalTimestamp(6))
        lastPasswordSet = Fact(stored: try row.optionalTimestamp(7))
        types = try row.integer(8)
    }
}
