import Model
import SQL

/// What the command line sees of the account index.
public enum AccountIndex {
    /// How many accounts of each store it has.
    public static func sizes(in database: any Database) async throws -> [StoreID: Int] {
        try await database.read { connection in
            try IndexCounts.all(connection).reduce(into: [:]) { $0[$1.store, default: 0] += $1.accounts }
        }
    }
}
