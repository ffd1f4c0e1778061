import Model
import SQL

/// The `enrolled_types` table: what each account is enrolled with, as the auth service's feed last said. For lists
/// only; whoever acts asks the auth service.
enum EnrolledTypeStore {
    static func all(
        of accounts: [AccountID], _ connection: any Connection
    ) throws -> [AccountID: Set<AuthenticationType>] {
        guard let last = accounts.last else { return [:] }
        // Padded to a power of two, so that there are few different statements to prepare and keep.
        var size = 1
        while size < accounts.count { size *= 2 }
        let padded = accounts + Array(repeating: last, count: size - accounts.count)
        let places = padded.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let rows = try connection.query(
            "SELECT account, type FROM enrolled_types WHERE account IN (\(places))", padded.map { SQLValue($0) })
        var found: [AccountID: Set<AuthenticationType>] = [:]
        for row in rows {
            let type = try row.parsed(1) { AuthenticationType(rawValue: $0) }
            found[try row.parsed(0) { AccountID($0) }, default: []].insert(type)
        }
        return found
    }

    static func add(_ type: AuthenticationType, of account: AccountID, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO enrolled_types (account, type) VALUES ($1, $2) ON CONFLICT (account, type) DO NOTHING",
            [SQLValue(account), .text(type.rawValue)])
    }

    static func remove(_ type: AuthenticationType, of account: AccountID, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM enrolled_types WHERE account = $1 AND type = $2",
            [SQLValue(account), .text(type.rawValue)])
    }
}
