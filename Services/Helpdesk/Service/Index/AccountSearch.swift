import Model
import SQL
import StrictJSON

/// What is searched for in the index.
struct AccountFilter: Sendable, Equatable {
    /// The stores to look in.
    let stores: [StoreID]
    /// What has to be found in an account's text, all of it (`SearchText.patterns`); none: everybody.
    let patterns: [String]
    /// At least one of these types (`EnrolledTypes.bits`); 0: no matter.
    var enrolledWith: Int64 = 0
    /// None of these types; 0: no matter.
    var notEnrolledWith: Int64 = 0

    /// Whether accounts with this set of types are looked for.
    func allows(types: Int64) -> Bool {
        (enrolledWith == 0 || types & enrolledWith != 0) && types & notEnrolledWith == 0
    }

    var hasTypes: Bool { enrolledWith != 0 || notEnrolledWith != 0 }
}

/// A place in the list of accounts, which is ordered by folded name, store and entry, and the way on from there.
struct AccountPosition: Sendable, Equatable {
    let sortKey: String
    let store: String
    let entry: String
    let isForward: Bool
    /// Whether the account that stands there belongs to the page.
    let isInclusive: Bool

    init(_ account: IndexedAccount, isForward: Bool) {
        (sortKey, store, entry) = (account.sortKey, account.id.store.text, account.id.entry)
        (self.isForward, isInclusive) = (isForward, false)
    }

    /// After an account, on the way forward.
    init(afterKey sortKey: String, store: String, entry: String) {
        (self.sortKey, self.store, self.entry) = (sortKey, store, entry)
        (isForward, isInclusive) = (true, false)
    }

    /// The same place, looking back, with whoever stands there.
    func turned() -> AccountPosition { AccountPosition(of: self, isForward: !isForward, isInclusive: !isInclusive) }

    private init(of other: AccountPosition, isForward: Bool, isInclusive: Bool) {
        (sortKey, store, entry) = (other.sortKey, other.store, other.entry)
        (self.isForward, self.isInclusive) = (isForward, isInclusive)
    }

    /// The keys of an opaque cursor.
    var keys: [JSON] {
        [.string((isForward ? "n" : "p") + (isInclusive ? "i" : "")), .string(sortKey), .string(store), .string(entry)]
    }

    /// Reads them; `nil` when they were not made here.
    init?(keys: [JSON]) {
        let texts = keys.compactMap(\.stringValue)
        guard keys.count == 4, texts.count == 4, ["n", "p", "ni", "pi"].contains(texts[0]),
            texts.allSatisfy({ !$0.utf8.contains(0) }), AccountID(texts[2] + "~" + texts[3]) != nil
        else { return nil }
        (sortKey, store, entry) = (texts[1], texts[2], texts[3])
        (isForward, isInclusive) = (texts[0].hasPrefix("n"), texts[0].hasSuffix("i"))
    }
}

/// An account as the index has it.
struct FoundAccount: Sendable, Equatable {
    let account: IndexedAccount
    let types: Int64
    let readAt: Timestamp
}

/// One page of a search.
struct AccountPage: Sendable, Equatable {
    let accounts: [FoundAccount]
    /// How many accounts the whole search finds now.
    let total: Int
    /// `nil` on the last page.
    let next: AccountPosition?
    /// `nil` on the first page.
    let previous: AccountPosition?
}

/// A search in the index, all of it in one snapshot.
struct AccountSearch {
    let filter: AccountFilter
    let position: AccountPosition?
    /// Rows of the page, 1 or more.
    let limit: Int

    func run(_ connection: any Connection) throws -> AccountPage {
        let table = SearchTable(filter: filter, connection: connection)
        let plan = try SearchPlan(filter, connection)
        var found: [FoundAccount]
        var total = plan.total
        switch plan.way {
        case .nobody: found = []
        case .grams(let grams):
            // One more than the page, so that it shows whether there is another.
            found = try table.accounts(with: grams, from: position, limit: limit + 1)
            if total == nil, position == nil, found.count <= limit { total = found.count }
        case .types(let types): found = try table.accounts(enrolledWith: types, from: position, limit: limit + 1)
        case .inOrder(let alternative): found = try walk(table, insteadOf: alternative)
        }
        let count = try total ?? table.count(with: plan.counted)
        return page(&found, total: count)
    }

    /// In order of name, which ends soon where many are found. Those found may all stand far behind: then, after so many
    /// rows, the trigrams are asked after all, unless they would find nearly everybody.
    private func walk(_ table: SearchTable, insteadOf alternative: [Int64]?) throws -> [FoundAccount] {
        guard let alternative else { return try table.accountsInOrder(from: position, limit: limit + 1, within: nil) }
        let found = try table.accountsInOrder(
            from: position, limit: limit + 1, within: max(SearchPlan.patience, limit * 20))
        guard found.count <= limit else { return found }
        return try table.accounts(with: alternative, from: position, limit: limit + 1)
    }

    /// Cuts off what is beyond the page. Whoever came with a cursor came from somewhere, so there is a way back.
    private func page(_ found: inout [FoundAccount], total: Int) -> AccountPage {
        let isForward = position?.isForward ?? true
        let isMore = found.count > limit
        if isMore { found.removeLast() }
        if !isForward { found.reverse() }
        let before = found.first.map { AccountPosition($0.account, isForward: false) } ?? position?.turned()
        let after = found.last.map { AccountPosition($0.account, isForward: true) } ?? position?.turned()
        return AccountPage(
            accounts: found, total: total, next: isForward ? (isMore ? after : nil) : after,
            previous: isForward ? (position == nil ? nil : before) : (isMore ? before : nil))
    }
}
