import Model
import SQL
import StrictJSON

/// The `roles` table. Every change of it raises the revision of the policies, by which processes notice.
public enum RoleStore {
    /// Counts the changes of roles; 0: there have never been any, and the configuration file may fill the table.
    public static func revision(_ connection: any Connection) throws -> Int64 {
        try connection.query("SELECT revision FROM policy_state WHERE part = 'roles'").first?.integer(0) ?? 0
    }

    /// Counts one more change.
    public static func raiseRevision(_ connection: any Connection) throws -> Int64 {
        _ = try connection.execute(
            """
            INSERT INTO policy_state (part, revision) VALUES ('roles', 1)
            ON CONFLICT (part) DO UPDATE SET revision = policy_state.revision + 1
            """)
        return try revision(connection)
    }

    /// Every role, by store and priority.
    public static func all(_ connection: any Connection) throws -> [StoredRole] {
        try connection.query("SELECT body, revision FROM roles ORDER BY store, priority").map(role)
    }

    /// One role; `nil` where there is none.
    static func find(_ id: RoleID, of store: StoreID, _ connection: any Connection) throws -> StoredRole? {
        try connection.query(
            "SELECT body, revision FROM roles WHERE store = $1 AND name = $2", [.text(store.text), .text(id.text)]
        ).first.map(role)
    }

    /// Saves a role, new or not.
    public static func save(
        _ role: RoleConfiguration, revision: Int64, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO roles (store, name, priority, body, revision) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (store, name) DO UPDATE
            SET priority = excluded.priority, body = excluded.body, revision = excluded.revision
            """,
            [
                .text(role.store.text), .text(role.id.text), SQLValue(role.priority),
                .text(String(decoding: role.json.serialized(), as: UTF8.self)), SQLValue(revision),
            ])
    }

    /// Removes a role.
    public static func remove(_ id: RoleID, of store: StoreID, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM roles WHERE store = $1 AND name = $2", [.text(store.text), .text(id.text)])
    }

    private static func role(_ row: Row) throws -> StoredRole {
        StoredRole(
            body: try row.parsed(0) { try? JSON.parse(Array($0.utf8)) }, revision: try row.integer(1))
    }
}

/// A role as its row has it.
public struct StoredRole: Sendable, Equatable {
    /// The role in the form it is configured in, with every setting said.
    public let body: JSON
    /// The change that made it so; its tag on the wire.
    public let revision: Int64
}
