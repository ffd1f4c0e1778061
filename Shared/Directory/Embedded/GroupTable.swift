import SQL

/// The SQL of groups and of the tree.
enum GroupTable {
    /// The names, in lower case, of every group each of the entries is in, by way of other groups too. `UNION` drops what was seen, so a
    /// cycle of groups ends.
    static func names(of entries: [String], _ connection: any Connection) throws -> [String: Set<String>] {
        var names: [String: Set<String>] = [:]
        let rows = try connection.query(
            """
            WITH RECURSIVE held (entry, id) AS (
                SELECT entry, holder FROM account_members WHERE entry IN (SELECT value FROM json_each($1))
                UNION
                SELECT held.entry, g.holder FROM held JOIN group_members g ON g.member = held.id
            )
            SELECT held.entry, n.folded FROM held JOIN groups_of_accounts n ON n.id = held.id
            """, [jsonArray(entries)])
        for row in rows { names[try row.text(0), default: []].insert(try row.text(1)) }
        return names
    }

    /// Whether there is a group of a name.
    static func contains(_ name: String, _ connection: any Connection) throws -> Bool {
        let rows = try connection.query(
            "SELECT 1 FROM groups_of_accounts WHERE folded = $1", [.text(name.lowercased())])
        return !rows.isEmpty
    }

    /// The group's key; made when it is new. Names differ by more than case.
    static func key(of name: String, _ transaction: Transaction) throws -> (id: Int64, isNew: Bool) {
        let isNew =
            try transaction.execute(
                "INSERT INTO groups_of_accounts (name, folded) VALUES ($1, $2) ON CONFLICT (folded) DO NOTHING",
                [.text(name), .text(name.lowercased())]) == 1
        let rows = try transaction.query(
            "SELECT id FROM groups_of_accounts WHERE folded = $1", [.text(name.lowercased())])
        guard let row = rows.first else { throw StoreError.malformed("A group that was written is not there.") }
        return (try row.integer(0), isNew)
    }

    /// Makes the groups exactly the ones the account is in itself.
    static func setGroups(_ holders: [Int64], of entry: String, _ transaction: Transaction) throws {
        _ = try transaction.execute("DELETE FROM account_members WHERE entry = $1", [.text(entry)])
        for holder in holders {
            _ = try transaction.execute(
                "INSERT INTO account_members (entry, holder) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [.text(entry), .integer(holder)])
        }
    }

    /// Makes the groups exactly the ones that are members of the group.
    static func setMembers(_ members: [Int64], of holder: Int64, _ transaction: Transaction) throws {
        _ = try transaction.execute("DELETE FROM group_members WHERE holder = $1", [.integer(holder)])
        for member in members {
            _ = try transaction.execute(
                "INSERT INTO group_members (member, holder) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [.integer(member), .integer(holder)])
        }
    }

    /// The container's key; made when it is new.
    static func containerKey(of path: String, _ transaction: Transaction) throws -> Int64 {
        _ = try transaction.execute(
            "INSERT INTO containers (path, folded) VALUES ($1, $2) ON CONFLICT (folded) DO NOTHING",
            [.text(path), .text(path.lowercased())])
        let rows = try transaction.query("SELECT id FROM containers WHERE folded = $1", [.text(path.lowercased())])
        guard let row = rows.first else { throw StoreError.malformed("A container that was written is not there.") }
        return try row.integer(0)
    }
}
