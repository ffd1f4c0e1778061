import Model
import SQL

/// The SQL of `index_grams` and `index_sizes`: how many accounts have three neighboring characters, and how many are
/// enrolled with what. Changed in the same transaction as the accounts, in order of the key, so that two transactions of
/// different replicas wait for each other and do not stand in each other's way.
enum IndexCounts {
    /// The accounts of a store by what they are enrolled with.
    struct Size: Sendable, Equatable {
        let store: StoreID
        let types: Int64
        let accounts: Int
    }

    static func all(_ connection: any Connection) throws -> [Size] {
        try connection.query("SELECT store, types, accounts FROM index_sizes").map { row in
            Size(
                store: try row.parsed(0) { StoreID($0) }, types: try row.integer(1), accounts: Int(try row.integer(2)))
        }
    }

    static func sizes(of stores: [StoreID], _ connection: any Connection) throws -> [Size] {
        try all(connection).filter { stores.contains($0.store) }
    }

    /// How many accounts of the stores have each of the grams; those that nobody has are left out.
    static func accounts(
        with grams: [Int64], of stores: [StoreID], _ connection: any Connection
    ) throws -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        for part in Places.padded(grams.map { .integer($0) }) {
            let rows = try connection.query(
                """
                SELECT gram, store, accounts FROM index_grams
                WHERE gram IN (\(Places.list(from: 1, count: part.count)))
                """, part)
            for row in rows where stores.contains(try row.parsed(1) { StoreID($0) }) {
                counts[try row.integer(0), default: 0] += Int(try row.integer(2))
            }
        }
        return counts
    }

    static func addGrams(_ changes: [Int64: Int64], of store: StoreID, _ connection: any Connection) throws {
        try add(changes, of: store, table: "index_grams", column: "gram", connection)
    }

    static func addSizes(_ changes: [Int64: Int64], of store: StoreID, _ connection: any Connection) throws {
        try add(changes, of: store, table: "index_sizes", column: "types", connection)
    }

    private static func add(
        _ changes: [Int64: Int64], of store: StoreID, table: String, column: String, _ connection: any Connection
    ) throws {
        let rows = changes.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        for part in Places.parts(of: rows) {
            _ = try connection.execute(
                """
                INSERT INTO \(table) (\(column), store, accounts) VALUES \(Places.rows(part.count, of: 3))
                ON CONFLICT (\(column), store) DO UPDATE SET accounts = \(table).accounts + excluded.accounts
                """, part.flatMap { [.integer($0.key), SQLValue(store), .integer($0.value)] })
        }
        let falling = rows.filter { $0.value < 0 }.map { SQLValue.integer($0.key) }
        for part in Places.padded(falling) {
            _ = try connection.execute(
                """
                DELETE FROM \(table) WHERE store = $1 AND accounts = 0
                    AND \(column) IN (\(Places.list(from: 2, count: part.count)))
                """, [SQLValue(store)] + part)
        }
    }
}
