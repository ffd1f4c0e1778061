import Model
import SQL

/// The SQL of `account_changes`.
enum ChangeTable {
    /// One entry's last change.
    struct Change: Sendable {
        let number: Int64
        let entry: String
    }

    /// What tells this file from any other.
    static func identity(_ connection: any Connection) throws -> String {
        try connection.query("SELECT text FROM identity WHERE id = 1").first.map { try $0.text(0) } ?? ""
    }

    /// The highest number that was ever given, of changes that were overtaken too.
    static func last(_ connection: any Connection) throws -> Int64 {
        try connection.query("SELECT seq FROM sqlite_sequence WHERE name = 'account_changes'").first
            .map { try $0.integer(0) } ?? 0
    }

    /// The next changes past a number, in order.
    static func changes(after number: Int64, limit: Int, _ connection: any Connection) throws -> [Change] {
        try connection.query(
            "SELECT number, entry FROM account_changes WHERE number > $1 ORDER BY number LIMIT $2",
            [.integer(number), SQLValue(limit)]
        ).map { Change(number: try $0.integer(0), entry: try $0.text(1)) }
    }
}
