import Model
import SQL

extension EmbeddedStore {
    /// Accounts of one event.
    private static let pageSize = 1_000

    /// Tells changes in the order they were made, from the first one or from where the cookie stands.
    ///
    /// Changes are numbered (`ChangeTable`), so a full read is no more than the changes since zero: whatever happens to
    /// an account that was told already gets a higher number and is told again. A cookie of another file, or from a
    /// future this file has lost (it was restored), is not known.
    public func synchronize(
        after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void
    ) async throws {
        var position = try await start(cookie.flatMap { ChangePosition($0) })
        while let page = try await page(after: position) {
            if !page.changed.isEmpty { try await receive(.changed(page.changed)) }
            if !page.removed.isEmpty { try await receive(.removed(page.removed)) }
            position.number = page.last
            try await receive(.reached(position.cookie))
        }
        let end = ChangePosition(file: position.file, number: position.number, isFull: false)
        try await receive(.finished(end.cookie, othersAreGone: position.isFull))
    }

    private struct ChangePage: Sendable {
        let changed: [DirectoryAccount]
        let removed: [AccountID]
        let last: Int64
    }

    private func start(_ known: ChangePosition?) async throws(StoreError) -> ChangePosition {
        try await read { connection in
            let file = try ChangeTable.identity(connection)
            if let known, known.file == file, known.number <= (try ChangeTable.last(connection)) { return known }
            return ChangePosition(file: file, number: 0, isFull: true)
        }
    }

    /// The next page; `nil` when everything was told. Changes, accounts and groups are of one moment.
    private func page(after position: ChangePosition) async throws(StoreError) -> ChangePage? {
        try await read { connection in
            let changes = try ChangeTable.changes(after: position.number, limit: Self.pageSize, connection)
            guard let last = changes.last else { return nil }
            let accounts = try self.accounts(
                of: AccountTable.find(entries: changes.map(\.entry), connection), connection)
            let present = Set(accounts.map(\.id.entry))
            let removed = changes.filter { !present.contains($0.entry) }
            return ChangePage(
                changed: accounts, removed: removed.compactMap { AccountID(store: self.id, entry: $0.entry) },
                last: last.number)
        }
    }
}
