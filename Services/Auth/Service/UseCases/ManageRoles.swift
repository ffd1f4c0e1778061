import Audit
import Configuration
import Directory
import Model
import Policy
import SQL
import StrictJSON

/// Reads and changes the roles, by an administrator (P1, C1).
///
/// Whose word counts for what depends on it: a change takes a step-up, is in the history with what it was and what it
/// became, and is in force for every session with the commit.
struct ManageRoles: Sendable {
    let collaborators: Collaborators

    /// Every role of the stores the administrator's role reaches, by store and priority.
    func list(for session: Session) async throws -> [StoredRole] {
        let scope = try await LiveRole.ofOperator(session, collaborators).role.scope
        let rows = try await collaborators.database.read { try RoleStore.all($0) }
        return rows.filter { row in scope.contains { row.body["store"] == .string($0.text) } }
    }

    func read(_ id: RoleID, of store: StoreID, for session: Session) async throws -> StoredRole {
        let scope = try await LiveRole.ofOperator(session, collaborators).role.scope
        guard scope.contains(store) else { throw AuthError.refused(.storeOutOfScope) }
        let found = try await collaborators.database.read { try RoleStore.find(id, of: store, $0) }
        guard let found else { throw AuthError.roleNotFound }
        return found
    }

    func create(_ body: JSON, by session: Session, origin: Origin) async throws -> StoredRole {
        try await change(session, origin) { roles, _ in
            RoleChange(old: nil, new: try valid(body, beside: roles))
        }
    }

    /// Puts a role in the place of one in the state that the tag names.
    func replace(
        _ name: RoleName, with body: JSON, by session: Session, origin: Origin
    ) async throws -> StoredRole {
        try await change(session, origin) { roles, connection in
            let old = try find(name, in: roles, connection)
            let new = try valid(body.named(name), beside: roles.filter { !$0.isNamed(like: old) })
            guard new.isNamed(like: old) else {
                let place = new.store == old.store ? "/name" : "/store"
                throw AuthError.roleInvalid([
                    ConfigurationProblem(file: "", pointer: place, message: "is not what the path says")
                ])
            }
            return RoleChange(old: old, new: new)
        }
    }

    func remove(_ name: RoleName, by session: Session, origin: Origin) async throws {
        _ = try await change(session, origin) { roles, connection in
            RoleChange(removing: try find(name, in: roles, connection))
        }
    }

    /// A role, and the state somebody has seen it in.
    struct RoleName: Sendable {
        let id: RoleID
        let store: StoreID
        let tag: String
    }

    private func find(
        _ name: RoleName, in roles: [RoleConfiguration], _ connection: any Connection
    ) throws -> RoleConfiguration {
        guard let row = try RoleStore.find(name.id, of: name.store, connection),
            let role = roles.first(where: { $0.id == name.id && $0.store == name.store })
        else { throw AuthError.roleNotFound }
        guard row.tag == name.tag else { throw AuthError.roleChanged }
        return role
    }

    private func valid(_ body: JSON, beside others: [RoleConfiguration]) throws(AuthError) -> RoleConfiguration {
        let (role, problems) = RoleConfiguration.read(body, stores: collaborators.stores.all.map(\.id))
        guard let role else { throw .roleInvalid(problems) }
        let clashes = role.clashes(with: others).map { clash in
            ConfigurationProblem(file: "", pointer: "/" + clash.setting, message: clash.message)
        }
        guard clashes.isEmpty else { throw .roleInvalid(clashes) }
        return role
    }

    /// One transaction: the rule, the whole that has to hold, the change, the history.
    private func change(
        _ session: Session, _ origin: Origin,
        _ plan: @escaping @Sendable ([RoleConfiguration], any Connection) throws -> RoleChange
    ) async throws -> StoredRole {
        let asked = try await LiveRole.ofOperator(session, collaborators)
        do {
            return try await change(asked.account, session, origin, plan)
        } catch AuthError.refused(let refusal) {
            let event = AuditEvent(.refusal, .failure, by: .desk(session, origin), at: collaborators.clock.now())
                .because(refusal.rawValue).with { $0.action = Permission.manageConfiguration.rawValue }
            try await collaborators.database.write { [collaborators] in
                _ = try collaborators.audit.append(event, in: $0)
            }
            throw AuthError.refused(refusal)
        }
    }

    private func change(
        _ account: DirectoryAccount, _ session: Session, _ origin: Origin,
        _ plan: @escaping @Sendable ([RoleConfiguration], any Connection) throws -> RoleChange
    ) async throws -> StoredRole {
        try await collaborators.database.write { [collaborators] transaction in
            // The lock of the history's chain makes replicas take turns: of two changes one sees the other.
            try transaction.enlist(collaborators.audit)
            let stores = collaborators.stores
            let roles = try RoleConfiguration.read(
                try RoleStore.all(transaction), stores: stores.all.map(\.id))
            // The role as it is behind the lock: who was waiting here may have lost it meanwhile.
            let book = RoleBook(try RoleConfiguration.roles(roles, in: stores))
            guard let own = book.role(of: account), own.permissions.contains(.manageConfiguration) else {
                throw AuthError.refused(.permissionMissing)
            }
            let change = try plan(roles, transaction)
            try decide(change, by: account, own)
            let after =
                roles.filter { $0.store != change.store || $0.id != change.id } + (change.new.map { [$0] } ?? [])
            try check(change, leadingTo: after, by: account, transaction)
            let event = AuditEvent(.configurationChange, by: .desk(session, origin), at: collaborators.clock.now())
            let revision = try RoleChange.save([change], as: event, collaborators.audit, transaction)
            return StoredRole(body: change.new?.json ?? .null, revision: revision)
        }
    }

    private func decide(_ change: RoleChange, by account: DirectoryAccount, _ role: Role) throws(AuthError) {
        let administrator = LinkRule.Administrator(account: account.id, scope: role.scope, rank: role.priority)
        let decision = RoleChangeRule.decide(by: administrator, from: change.old?.subject, to: change.new?.subject)
        if let refusal = decision.refusal { throw .refused(refusal) }
    }

    private func check(
        _ change: RoleChange, leadingTo roles: [RoleConfiguration], by account: DirectoryAccount,
        _ connection: any Connection
    ) throws {
        do throws(RoleObstacle) {
            try RoleSet.check([change], leading: roles)
        } catch {
            throw AuthError.roleRefused(error)
        }
        let resolved: [Role]
        do throws(ConfigurationFailure) {
            resolved = try RoleConfiguration.roles(roles, in: collaborators.stores)
        } catch {
            throw AuthError.roleInvalid(error.problems)
        }
        if let role = change.new {
            let pool = try QuestionStore.offered(in: role.store, connection).all.count
            if let lack = RoleSet.lacksQuestions(role, pool: pool) {
                let place = "/authentication/questionsToEnroll"
                throw AuthError.roleInvalid([ConfigurationProblem(file: "", pointer: place, message: lack)])
            }
        }
        guard RoleBook(resolved).role(of: account)?.permissions.contains(.manageConfiguration) == true else {
            throw AuthError.roleRefused(.ownLockout)
        }
    }
}

extension StoredRole {
    /// The role's state as a strong entity tag (RFC 9110 §8.8.3).
    var tag: String { "\"\(revision)\"" }
}

extension RoleConfiguration {
    /// The role as far as the rule about changes looks at it.
    fileprivate var subject: RoleChangeRule.Subject {
        RoleChangeRule.Subject(store: store, rank: priority, scope: scope)
    }
}

extension JSON {
    /// The body of a role whose name and store the path says; one that says something else is left as it is.
    fileprivate func named(_ name: ManageRoles.RoleName) -> JSON {
        guard case .object(let members) = self else { return self }
        let path = [("name", name.id.text), ("store", name.store.text)]
        return .object(
            members
                + path.filter { self[$0.0] == nil }.map { JSONMember(name: $0.0, value: .string($0.1)) })
    }
}
