import Directory
import Model
import Platform
import SQL

/// What is asked of the list of users.
struct UserQuery: Sendable {
    /// The stores to list; empty: all the operator's role reaches.
    var stores: [StoreID] = []
    /// What first name, last name or mail address have to hold, every word of it.
    var text: String?
    /// Enrolled with any of these; empty: no matter.
    var enrolledWith: [AuthenticationType] = []
    /// Enrolled with none of these; empty: no matter.
    var notEnrolledWith: [AuthenticationType] = []
    var limit = 50
    var position: AccountPosition?
}

/// One page of users.
struct UserPage: Sendable {
    let rows: [UserRow]
    let total: Int
    let next: AccountPosition?
    let previous: AccountPosition?
    /// Stores that did not answer in time: their rows are what the index knows.
    let unavailable: [StoreID]
}

/// Lists users of one or several stores (S1 to S5): found in the index, shown as the directories have them now.
struct ListUsers: Sendable {
    let collaborators: Collaborators

    func run(_ query: UserQuery, for desk: DeskOperator) async throws -> UserPage {
        let stores = try stores(query, desk)
        let filter = AccountFilter(query, stores: stores.map(\.id))
        let (page, read) = try await collaborators.database.read { connection in
            let search = AccountSearch(filter: filter, position: query.position, limit: query.limit)
            return (try search.run(connection), try SyncStateTable.finished(connection))
        }
        let (rows, unavailable) = await fresh(page.accounts, stores, read)
        return UserPage(
            rows: rows, total: page.total, next: page.next, previous: page.previous, unavailable: unavailable)
    }

    /// A store that is not there, or that the role does not reach, is an error only when it was asked for.
    func stores(_ query: UserQuery, _ desk: DeskOperator) throws(HelpdeskError) -> [any IdentityStore] {
        for id in query.stores {
            guard collaborators.stores[id] != nil else { throw .storeNotFound }
            guard desk.authority.scope.contains(id) else { throw .refused(.storeOutOfScope, nil) }
        }
        return collaborators.stores.all.filter {
            desk.authority.scope.contains($0.id) && (query.stores.isEmpty || query.stores.contains($0.id))
        }
    }

    /// The rows as the directories have them, asked for in one query a store; where none comes in time, as the index knows
    /// them, with the moment that was true. Who is gone from the directory is left out.
    private func fresh(
        _ accounts: [FoundAccount], _ stores: [any IdentityStore], _ read: [StoreID: Timestamp]
    ) async -> ([UserRow], [StoreID]) {
        let asked = stores.map { store in (store, accounts.map(\.account.id).filter { $0.store == store.id }) }
            .filter { !$0.1.isEmpty }
        let answers = await withTaskGroup(of: (StoreID, [AccountID: DirectoryAccount]?).self) { group in
            for (store, ids) in asked { group.addTask { (store.id, await ask(store, ids)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
        }
        let now = collaborators.clock.now()
        let rows = accounts.compactMap { found -> UserRow? in
            let id = found.account.id
            guard let store = collaborators.stores[id.store] else { return nil }
            guard let answer = answers[id.store], let known = answer else {
                let asOf = max(found.readAt, read[id.store] ?? found.readAt)
                return UserRow(found, store: store, asOf: asOf, at: now)
            }
            return known[id].map { UserRow($0, store: store, types: EnrolledTypes.types(found.types)) }
        }
        return (rows, asked.map(\.0.id).filter { answers[$0] == .some(nil) })
    }

    private func ask(_ store: any IdentityStore, _ ids: [AccountID]) async -> [AccountID: DirectoryAccount]? {
        let silent = collaborators.silentStores
        guard silent.mayAsk(store.id) else { return nil }
        let answer = await Deadline.wait(collaborators.index.refreshDeadline) { () -> [DirectoryAccount]? in
            try? await store.accounts(ids)
        }
        guard let answer else {
            silent.wasSilent(store.id)
            return nil
        }
        silent.answered(store.id)
        return answer.map { Dictionary($0.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }) }
    }
}

extension AccountFilter {
    /// What a query means to the index, in these stores.
    init(_ query: UserQuery, stores: [StoreID]) {
        self.init(
            stores: stores, patterns: SearchText.patterns(query.text ?? ""),
            enrolledWith: EnrolledTypes.bits(Set(query.enrolledWith)),
            notEnrolledWith: EnrolledTypes.bits(Set(query.notEnrolledWith)))
    }
}
