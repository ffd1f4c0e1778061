import Directory
import Model
import Platform
import SQL

/// One run of synchronization of one store: what the store tells, into the index.
///
/// Whatever moment the process dies at, the next run leaves the index equal to the directory: changes stand with the
/// cookie they came before or are told again, and telling again changes nothing. Rows of accounts that are gone need more
/// thought. `finished(othersAreGone: true)` speaks of the whole run, some of which may have been told in earlier turns
/// that were cut off, of which nobody knows whether the store still stands by it. So: never told of in any turn of the
/// run, gone; told of in an earlier turn only, asked for one by one.
public struct SynchronizeStore: Sendable {
    let store: any IdentityStore
    let database: any Database
    let clock: any Clock
    /// Who reads, among replicas and command lines.
    let owner: String
    /// Told after each transaction how many accounts have been told of.
    let progress: @Sendable (Int) -> Void

    /// A run of a store into the index of a database.
    public init(
        _ store: any IdentityStore, into database: any Database, clock: any Clock, owner: String,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.store = store
        self.database = database
        self.clock = clock
        self.owner = owner
        self.progress = progress
    }

    /// What a run did.
    public struct Report: Sendable, Equatable {
        /// Accounts that are new or different.
        public internal(set) var changed = 0
        /// Accounts that are gone.
        public internal(set) var removed = 0
    }

    /// Runs from where the last run ended, or from the start.
    ///
    /// - Returns: `nil` when somebody else is reading the store.
    /// - Throws: `StoreError`, `DatabaseError`, `CancellationError`; what was told before is kept.
    public func run(fromTheStart: Bool = false) async throws -> Report? {
        if !fromTheStart, try await isStill() { return Report() }
        let (id, owner, now) = (store.id, owner, clock.now())
        let turn = try await database.write { transaction in
            try SyncStateTable.claim(id, for: owner, fromTheStart: fromTheStart, at: now, transaction)
        }
        guard let turn else { return nil }
        do {
            let run = SyncRun(turn, self)
            try await store.synchronize(after: turn.cookie) { event in
                try Task.checkCancellation()
                try await run.take(event)
            }
            guard await run.isFinished else { throw SyncError.unfinished }
            return await run.report
        } catch {
            try? await database.write { try SyncStateTable.letGo(turn, $0) }
            throw error
        }
    }

    /// Whether an embedded store has nothing new: it is asked every second, and asking twice costs it nothing. Then
    /// nothing is written either, but for the time of the run once in a while.
    private func isStill() async throws -> Bool {
        guard store.kind == .embedded else { return false }
        let (id, now) = (store.id, clock.now())
        let known = try await database.read { try SyncStateTable.atRest(id, at: now, $0) }
        guard let known else { return false }
        do {
            try await store.synchronize(after: known) { event in
                guard event == .finished(known, othersAreGone: false) else { throw SyncError.hasNews }
            }
            return true
        } catch SyncError.hasNews {
            return false
        }
    }
}

/// What one run has been told and not stored yet.
private actor SyncRun {
    /// Accounts that are stored in one transaction: enough to make it worth its while, and few enough that others, who
    /// wait for it, do not notice.
    private static let batchSize = 2_000
    /// Accounts that are asked for at once.
    private static let askedAtOnce = 200

    private let turn: SyncTurn
    private let sync: SynchronizeStore
    private(set) var report = SynchronizeStore.Report()
    private(set) var isFinished = false
    private var pending: [String: Change] = [:]
    private var cookie: SyncCookie?
    private var pendingSince: Timestamp?
    private var told = 0
    /// The transaction that is on its way.
    private var writing: Task<SynchronizeStore.Report, any Error>?

    private enum Change: Sendable {
        case put(IndexedAccount)
        case keep
        case remove

        var isPut: Bool {
            switch self {
            case .put: true
            case .keep, .remove: false
            }
        }
    }

    init(_ turn: SyncTurn, _ sync: SynchronizeStore) {
        self.turn = turn
        self.sync = sync
    }

    func take(_ event: SyncEvent) async throws {
        if pendingSince == nil { pendingSince = sync.clock.now() }
        switch event {
        case .changed(let accounts):
            told += accounts.count
            for account in accounts { pending[account.id.entry] = .put(IndexedAccount(account)) }
        case .unchanged(let accounts):
            told += accounts.count
            for account in accounts where pending[account.entry]?.isPut != true { pending[account.entry] = .keep }
        case .removed(let accounts):
            for account in accounts { pending[account.entry] = .remove }
        case .reached(let cookie): self.cookie = cookie
        case .finished(let cookie, let othersAreGone):
            try await store()
            try await written()
            if othersAreGone { try await removeOthers() }
            try await finish(cookie)
            return
        }
        if pending.count >= Self.batchSize { try await store() }
    }

    /// One transaction: what is pending, and the last cookie there was. What was told after that cookie goes in too; it
    /// will be told again if this run is cut off, and asked about if it is not. The store is read on meanwhile; one
    /// transaction follows the other.
    private func store() async throws {
        try await written()
        let (changes, cookie, turn, sync, told) = (pending, cookie, turn, sync, told)
        guard !changes.isEmpty || cookie != nil else { return }
        let readAt = pendingSince ?? sync.clock.now()
        (pending, self.cookie, pendingSince) = ([:], nil, nil)
        pending.reserveCapacity(changes.count)
        writing = Task {
            let done = try await Self.write(changes, cookie, turn, readAt: readAt, sync)
            sync.progress(told)
            return done
        }
    }

    /// Waits for what is being written.
    private func written() async throws {
        guard let last = writing else { return }
        writing = nil
        let done = try await last.value
        report.changed += done.changed
        report.removed += done.removed
    }

    private static func write(
        _ changes: [String: Change], _ cookie: SyncCookie?, _ turn: SyncTurn, readAt: Timestamp,
        _ sync: SynchronizeStore
    ) async throws -> SynchronizeStore.Report {
        let now = sync.clock.now()
        var (puts, keeps, removes): ([IndexedAccount], [AccountID], [String]) = ([], [], [])
        for (entry, change) in changes {
            switch change {
            case .put(let account): puts.append(account)
            case .keep: if let id = AccountID(store: turn.store, entry: entry) { keeps.append(id) }
            case .remove: removes.append(entry)
            }
        }
        return try await sync.database.write { [puts, keeps, removes] transaction in
            try SyncStateTable.goOn(turn, from: cookie, at: now, transaction)
            var batch = IndexBatch(store: turn.store, turn: turn.number, readAt: readAt, transaction: transaction)
            try batch.keep(keeps)
            return SynchronizeStore.Report(changed: try batch.put(puts), removed: try batch.remove(removes))
        }
    }

    private func finish(_ cookie: SyncCookie) async throws {
        let (turn, now) = (turn, sync.clock.now())
        try await sync.database.write { try SyncStateTable.finish(turn, at: cookie, now: now, $0) }
        isFinished = true
    }

    private func removeOthers() async throws {
        try await forEntries(seen: 0..<turn.first) { entries in
            try await self.settle(entries, there: [])
        }
        try await forEntries(seen: turn.first..<turn.number) { entries in
            let ids = entries.compactMap { AccountID(store: self.turn.store, entry: $0) }
            try await self.settle(entries, there: try await self.sync.store.accounts(ids))
        }
    }

    /// Lends the entries that were last told of in these turns, in parts.
    private func forEntries(seen turns: Range<Int64>, _ body: ([String]) async throws -> Void) async throws {
        var last = ""
        while true {
            let (store, after) = (turn.store, last)
            let entries = try await sync.database.read { connection in
                try IndexTable.entries(
                    of: store, seen: turns, after: after, limit: Self.askedAtOnce, connection)
            }
            guard let end = entries.last else { return }
            try Task.checkCancellation()
            try await body(entries)
            last = end
        }
    }

    /// Of these entries only those are there.
    private func settle(_ entries: [String], there: [DirectoryAccount]) async throws {
        let (turn, now) = (turn, sync.clock.now())
        let gone = Set(entries).subtracting(there.map(\.id.entry))
        let done = try await sync.database.write { transaction in
            try SyncStateTable.goOn(turn, from: nil, at: now, transaction)
            var batch = IndexBatch(store: turn.store, turn: turn.number, readAt: now, transaction: transaction)
            return SynchronizeStore.Report(
                changed: try batch.put(there.map { IndexedAccount($0) }), removed: try batch.remove(Array(gone)))
        }
        report.changed += done.changed
        report.removed += done.removed
    }
}
