import Directory
import Model
import Observability
import Platform
import SQL

/// Keeps the account index like the directories: every store at the start, and then again and again.
struct IndexWorker: Sendable {
    let collaborators: Collaborators

    private static let longestPause = Duration.seconds(300)

    /// Runs until its task is canceled; waits longer for a store that fails.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for store in collaborators.stores.all {
                group.addTask { await keep(store) }
            }
        }
    }

    /// Reads the stores that are at hand once. A service does so before it is ready, so that its list is whole; one with
    /// very many people goes on reading beside it.
    func readLocalStores() async {
        await withTaskGroup(of: Void.self) { group in
            for store in collaborators.stores.all where store.kind == .embedded {
                group.addTask { _ = await attempt(store) }
            }
        }
    }

    private func keep(_ store: any IdentityStore) async {
        let interval = collaborators.index.interval(of: store.kind)
        var pause = interval
        while !Task.isCancelled {
            let ending = await attempt(store)
            pause = ending == .failed ? min(pause * 2, max(Self.longestPause, interval)) : interval
            await tellLag(of: store, isSame: ending == .same)
            await collaborators.clock.sleep(for: pause)
        }
    }

    /// How an attempt ended.
    private enum Ending {
        /// The index is the same as the directory.
        case same
        /// Another replica is reading, or the service ends.
        case left
        case failed
    }

    private func attempt(_ store: any IdentityStore) async -> Ending {
        let numbers = collaborators.numbers.index
        let run = SynchronizeStore(
            store, into: collaborators.database, clock: collaborators.clock, owner: collaborators.node
        ) { numbers.progress.set($0, store.id.text) }
        do {
            guard let report = try await run.run() else {
                numbers.runs.add(1, store.id.text, "elsewhere")
                return .left
            }
            numbers.runs.add(1, store.id.text, "finished")
            numbers.changes.add(report.changed, store.id.text, "changed")
            numbers.changes.add(report.removed, store.id.text, "removed")
            if report != SynchronizeStore.Report() {
                collaborators.log.info(
                    "index.synchronized",
                    [
                        "store": .init(store.id), "changed": .init(report.changed), "removed": .init(report.removed),
                    ])
            }
            return .same
        } catch is CancellationError {
            return .left
        } catch {
            numbers.runs.add(1, store.id.text, "failed")
            collaborators.log.warning(
                "index.not_synchronized", ["store": .init(store.id), "why": .init(kind(of: error))])
            return .failed
        }
    }

    /// The error's kind, for the log: its text may name people.
    private func kind(of error: any Error) -> String {
        if let error = error as? StoreError { return "\(error.kind)" }
        return String(describing: type(of: error))
    }

    private func tellLag(of store: any IdentityStore, isSame: Bool) async {
        let numbers = collaborators.numbers.index
        let known = try? await collaborators.database.read { connection in
            (try SyncStateTable.finished(connection)[store.id], try IndexCounts.sizes(of: [store.id], connection))
        }
        guard let (finished, sizes) = known else { return }
        numbers.accounts.set(sizes.reduce(0) { $0 + $1.accounts }, store.id.text)
        let now = collaborators.clock.now()
        guard let finished = isSame ? now : finished else { return }
        let lag = now - finished
        numbers.lag.set(max(0, Double(lag.wholeMicroseconds) / 1_000_000), store.id.text)
        numbers.lastSuccess.set(Double(finished.microseconds) / 1_000_000, store.id.text)
    }
}
