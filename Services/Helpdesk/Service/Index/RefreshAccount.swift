import Model
import SQL

/// One account's row of the index as its directory shows it now, after Latchkey itself has changed it. If that fails,
/// the next synchronization does it.
struct RefreshAccount: Sendable {
    let collaborators: Collaborators

    func run(_ id: AccountID) async {
        let readAt = collaborators.clock.now()
        guard let store = collaborators.stores.store(of: id), let account = try? await store.account(id) else { return }
        do {
            try await collaborators.database.write { transaction in
                try SyncStateTable.lock(id.store, transaction)
                var batch = IndexBatch(store: id.store, readAt: readAt, transaction: transaction)
                try batch.refresh(account)
            }
        } catch {
            collaborators.log.warning("index.not_refreshed", ["account": .init(id)])
        }
    }
}
