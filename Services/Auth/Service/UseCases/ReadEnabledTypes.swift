import AuthAPI
import Directory
import Model

/// What people may enroll, each by their own role (A1, E3).
struct ReadEnabledTypes: Sendable {
    let collaborators: Collaborators

    func run(_ accounts: [AccountID]) async throws -> EnabledTypes {
        let roles = try await collaborators.roles.current()
        var types: [AccountID: Set<AuthenticationType>] = [:]
        for (store, accounts) in Dictionary(grouping: accounts, by: \.store) {
            let found = try await self.types(of: accounts, in: store, roles)
            types.merge(found) { first, _ in first }
        }
        return EnabledTypes(types: types)
    }

    private func types(
        of accounts: [AccountID], in id: StoreID, _ roles: RoleBook
    ) async throws(AuthError) -> [AccountID: Set<AuthenticationType>] {
        guard let store = collaborators.stores[id] else { return [:] }
        if let all = typesOfEverybody(in: id, roles) {
            return Dictionary(accounts.map { ($0, all) }, uniquingKeysWith: { first, _ in first })
        }
        let found: [DirectoryAccount]
        do {
            found = try await store.accounts(accounts)
        } catch {
            throw .storeUnavailable(id)
        }
        let types = found.map { ($0.id, roles.role(of: $0)?.authentication.enabled ?? []) }
        return Dictionary(types, uniquingKeysWith: { first, _ in first })
    }

    /// Where every role enables the same and one of them is everybody's, no directory has to be asked.
    private func typesOfEverybody(in store: StoreID, _ book: RoleBook) -> Set<AuthenticationType>? {
        let roles = book.roles.filter { $0.store == store }
        guard roles.contains(where: { $0.criteria == .everyone }), let enabled = roles.first?.authentication.enabled,
            roles.allSatisfy({ $0.authentication.enabled == enabled })
        else { return nil }
        return enabled
    }
}
