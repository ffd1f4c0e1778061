import Directory
import Model
import SQL

/// Changes of one store's accounts in one transaction: rows, trigrams and counts together.
///
/// Whoever makes one holds the lock of the store's row (`SyncStateTable.lock`), so that what is read here is still true
/// when it is written.
struct IndexBatch {
    let store: StoreID
    /// The turn of synchronization the accounts are told of in.
    private(set) var turn: Int64
    let readAt: Timestamp
    let transaction: Transaction

    private var grams: [Int64: Int64] = [:]
    private var sizes: [Int64: Int64] = [:]

    init(store: StoreID, turn: Int64 = 0, readAt: Timestamp, transaction: Transaction) {
        self.store = store
        self.turn = turn
        self.readAt = readAt
        self.transaction = transaction
    }

    /// Accounts as they are now, new or not; answers how many are really new or different.
    mutating func put(_ accounts: [IndexedAccount]) throws -> Int {
        var latest: [String: IndexedAccount] = [:]
        for account in accounts where account.id.store == store { latest[account.id.entry] = account }
        let entries = latest.keys.sorted()
        let stored = try IndexTable.find(entries, of: store, transaction)
        var (changed, same): ([IndexedAccount], [String]) = ([], [])
        for entry in entries {
            guard let account = latest[entry] else { continue }
            if stored[entry]?.account == account { same.append(entry) } else { changed.append(account) }
        }
        try write(changed, over: stored)
        try IndexTable.setSeen(same, of: store, turn: turn, at: readAt, transaction)
        try count()
        return changed.count
    }

    /// One account as it was read outside any turn. A row that is not there, or that was read later, stays as it is.
    mutating func refresh(_ account: DirectoryAccount) throws {
        let entry = account.id.entry
        let stored = try IndexTable.find([entry], of: store, transaction)
        let fresh = IndexedAccount(account)
        guard let old = stored[entry], let known = old.account, known != fresh, old.standing.readAt <= readAt else {
            return
        }
        turn = old.standing.seen
        try write([fresh], over: stored)
        try count()
    }

    /// Accounts that are there as they were.
    func keep(_ accounts: [AccountID]) throws {
        let entries = accounts.filter { $0.store == store }.map(\.entry)
        try IndexTable.setSeen(entries.sorted(), of: store, turn: turn, at: readAt, transaction)
    }

    /// Accounts that are gone; what they are enrolled with is kept, should they come back.
    mutating func remove(_ entries: [String]) throws -> Int {
        let stored = try IndexTable.find(Array(Set(entries)).sorted(), of: store, transaction)
        let present = stored.values.map(\.standing).filter(\.isPresent)
        for standing in present {
            countText(standing.text, -1)
            sizes[standing.types, default: 0] -= 1
        }
        try IndexTable.forgetText(ids: present.map(\.id), transaction)
        try IndexTable.empty(ids: present.filter { $0.types != 0 }.map(\.id), transaction)
        try IndexTable.delete(ids: present.filter { $0.types == 0 }.map(\.id), transaction)
        try count()
        return present.count
    }

    private mutating func write(_ accounts: [IndexedAccount], over stored: [String: IndexTable.Stored]) throws {
        var (forgotten, learned): ([Int64], [String]) = ([], [])
        for account in accounts {
            let old = stored[account.id.entry]
            if old?.account == nil { sizes[old?.standing.types ?? 0, default: 0] += 1 }
            guard old?.account?.text != account.text else { continue }
            if let old, old.account != nil {
                forgotten.append(old.standing.id)
                countText(old.standing.text, -1)
            }
            learned.append(account.id.entry)
            countText(account.text, 1)
        }
        try IndexTable.forgetText(ids: forgotten, transaction)
        try IndexTable.put(accounts, of: store, seen: turn, at: readAt, transaction)
        try IndexTable.learnText(learned, of: store, transaction)
    }

    private mutating func countText(_ text: String, _ number: Int64) {
        for gram in Gram.all(of: text) { grams[gram, default: 0] += number }
    }

    private mutating func count() throws {
        try IndexCounts.addGrams(grams, of: store, transaction)
        try IndexCounts.addSizes(sizes, of: store, transaction)
        (grams, sizes) = ([:], [:])
    }
}
