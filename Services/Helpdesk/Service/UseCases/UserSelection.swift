import Model
import SQL

/// Which users are meant: of an export, of a request to enroll (X1, E3).
enum UserSelection: Sendable {
    /// Whoever the list's filter finds, all pages of it, but for those whose ticks were taken away.
    case listed(UserQuery, except: Set<AccountID>)
    /// The ticked ones.
    case ticked([AccountID])
}

extension UserSelection {
    /// How many are chosen.
    func count(_ connection: any Connection) throws -> Int {
        switch self {
        case .ticked(let users): return Set(users).count
        case .listed(let query, let except):
            guard !query.stores.isEmpty else { return 0 }
            let search = AccountSearch(filter: AccountFilter(query, stores: query.stores), position: nil, limit: 1)
            return max(0, try search.run(connection).total - except.count)
        }
    }

    /// The one user chosen, where it is one.
    var onlyUser: AccountID? {
        if case .ticked(let users) = self, users.count == 1 { return users.first }
        return nil
    }

    /// The stores it reaches.
    var stores: Set<StoreID> {
        switch self {
        case .ticked(let users): Set(users.map(\.store))
        case .listed(let query, _): Set(query.stores)
        }
    }
}
