import Configuration
import Directory
import Model
import Platform
import SQL
import StrictJSON

/// The roles in force. The database has them (ADR 11): whoever changes them, through whatever process, changes them for
/// all processes and for every session at once. What was read is kept until the revision says that it is old.
public final class RolesInForce: Sendable {
    private let database: any Database
    private let stores: IdentityStoreRegistry
    private let known = Lock<RoleBook?>(nil)

    /// Roles of a database, with groups and containers read by these stores.
    public init(_ database: any Database, stores: IdentityStoreRegistry) {
        self.database = database
        self.stores = stores
    }

    /// The roles as they are now.
    ///
    /// - Throws: `ConfigurationFailure` where one of them cannot be understood: a role left out could let people fall into
    ///   one that may do more.
    func current() async throws -> RoleBook {
        let revision = try await database.lookup { try RoleStore.revision($0) }
        if let book = known.withLock({ $0 }), book.revision == revision { return book }
        let fresh = try await database.read { [stores] in try Self.book($0, stores) }
        known.withLock { book in
            if (book?.revision ?? 0) <= fresh.revision { book = fresh }
        }
        return fresh
    }

    /// The roles as a connection sees them.
    static func book(_ connection: any Connection, _ stores: IdentityStoreRegistry) throws -> RoleBook {
        let rows = try RoleStore.all(connection)
        let roles = try RoleConfiguration.roles(
            try RoleConfiguration.read(rows, stores: stores.all.map(\.id)), in: stores)
        return RoleBook(roles, revision: try RoleStore.revision(connection))
    }
}

extension RoleConfiguration {
    /// The roles of rows. Stores that are not configured here any more have none, and are in no role's reach.
    public static func read(
        _ rows: [StoredRole], stores: [StoreID]
    ) throws(ConfigurationFailure) -> [RoleConfiguration] {
        var roles: [RoleConfiguration] = []
        for row in rows where stores.contains(where: { row.body["store"] == .string($0.text) }) {
            let (role, problems) = read(row.body.reaching(stores), stores: stores, file: "roles")
            guard let role else { throw ConfigurationFailure(problems: problems) }
            roles.append(role)
        }
        return roles
    }
}

extension JSON {
    /// The role with none but these stores in its reach.
    fileprivate func reaching(_ stores: [StoreID]) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { member in
                guard member.name == "scope", case .array(let names) = member.value else { return member }
                let known = names.filter { name in stores.contains { name == .string($0.text) } }
                return JSONMember(name: "scope", value: .array(known))
            })
    }
}
