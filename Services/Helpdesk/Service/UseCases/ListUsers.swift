import Directory
import Model
import SQL
import StrictJSON

/// What is asked of the list of users.
struct UserQuery: Sendable {
    /// The stores to list; empty: all the operator's role reaches.
    let stores: [StoreID]
    /// Part of a first name, last name or mail address.
    let text: String?
    let limit: Int
    let position: UserPosition?
}

/// Where a page of users begins: in which store, and where in it.
struct UserPosition: Sendable, Equatable {
    let store: StoreID
    /// The store's own cursor; `nil`: at its beginning.
    let cursor: String?

    /// The keys of an opaque cursor.
    var keys: [JSON] { [.string(store.text), cursor.map(JSON.string) ?? .null] }

    init(store: StoreID, cursor: String?) {
        self.store = store
        self.cursor = cursor
    }

    /// Reads them; `nil` when they were not made here.
    init?(keys: [JSON]) {
        guard keys.count == 2, let store = keys[0].stringValue.flatMap({ StoreID($0) }) else { return nil }
        if keys[1] == .null {
            self.init(store: store, cursor: nil)
        } else if let cursor = keys[1].stringValue {
            self.init(store: store, cursor: cursor)
        } else {
            return nil
        }
    }
}

/// One page of users.
struct UserPage: Sendable {
    let rows: [UserRow]
    let total: Int
    let next: UserPosition?
    /// Stores that did not answer: their users are missing.
    let unavailable: [StoreID]
}

/// Lists users of one or several stores, asked of the directories, store after store in the order of the configuration.
struct ListUsers: Sendable {
    let collaborators: Collaborators

    func run(_ query: UserQuery, for desk: DeskOperator) async throws -> UserPage {
        let stores = try stores(query, desk)
        let start = try start(query.position, in: stores)
        var accounts: [(DirectoryAccount, any IdentityStore)] = []
        var (total, next, unavailable): (Int, UserPosition?, [StoreID]) = (0, nil, [])
        for (index, store) in stores.enumerated() {
            let isRead = index >= start && next == nil && accounts.count < query.limit
            let cursor = index == start ? query.position?.cursor : nil
            do throws(StoreError) {
                let limit = isRead ? query.limit - accounts.count : 1
                let page = try await store.page(matching: query.text, after: isRead ? cursor : nil, limit: limit)
                total += page.total
                if isRead {
                    accounts += page.accounts.map { ($0, store) }
                    next = page.next.map { UserPosition(store: store.id, cursor: $0) }
                }
                if !isRead, index > start, next == nil, page.total > 0 {
                    next = UserPosition(store: store.id, cursor: nil)
                }
            } catch .invalidCursor {
                throw HelpdeskError.invalidCursor
            } catch {
                unavailable.append(store.id)
            }
        }
        return UserPage(
            rows: try await rows(accounts), total: total, next: next, unavailable: unavailable)
    }

    /// A store that is not there, or that the role does not reach, is an error only when it was asked for.
    private func stores(_ query: UserQuery, _ desk: DeskOperator) throws(HelpdeskError) -> [any IdentityStore] {
        for id in query.stores {
            guard collaborators.stores[id] != nil else { throw .storeNotFound }
            guard desk.authority.scope.contains(id) else { throw .refused(.storeOutOfScope, nil) }
        }
        return collaborators.stores.all.filter {
            desk.authority.scope.contains($0.id) && (query.stores.isEmpty || query.stores.contains($0.id))
        }
    }

    private func start(
        _ position: UserPosition?, in stores: [any IdentityStore]
    ) throws(HelpdeskError) -> Int {
        guard let position else { return 0 }
        guard let index = stores.firstIndex(where: { $0.id == position.store }) else { throw .invalidCursor }
        return index
    }

    private func rows(_ accounts: [(DirectoryAccount, any IdentityStore)]) async throws -> [UserRow] {
        let ids = accounts.map(\.0.id)
        let types = try await collaborators.database.read { try EnrolledTypeStore.all(of: ids, $0) }
        return accounts.map { account, store in
            UserRow(account: account, store: store, types: types[account.id] ?? [])
        }
    }
}
