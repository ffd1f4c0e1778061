import Audit
import Messaging
import Model
import SQL

/// What has to be done again and again: abandoned operations settled, rows that have served their time removed.
struct Maintenance: Sendable {
    let collaborators: Collaborators

    /// Runs until its task is cancelled.
    func run() async {
        var turn = 0
        while !Task.isCancelled {
            await attempt("operations.settle") {
                try await SettleOperations(collaborators: collaborators).run()
            }
            await attempt("links.expire") {
                try await RevokeLink(collaborators: collaborators).expire()
            }
            if turn % 12 == 0 {
                await lookForProtectedGroups()
                await attempt("passwords.wipe") { try await wipePasswords() }
                await attempt("purge") { try await purge() }
            }
            turn &+= 1
            await collaborators.clock.sleep(for: .seconds(5))
        }
    }

    private func attempt(_ step: StaticString, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            collaborators.log.error("maintenance.failed", ["step": .init(step), "error": "\(error)"])
        }
    }

    /// OP-04: a protected group that is not there, perhaps renamed, protects nobody: said at the start and every minute,
    /// and readiness is degraded.
    func lookForProtectedGroups() async {
        let missing = await collaborators.protected.missing(in: collaborators.stores)
        collaborators.missingGroups.withLock { $0 = missing }
        for group in missing {
            collaborators.log.error(
                "protection.group_missing", ["store": .init(group.store), "group": .init(group.name)])
        }
    }

    /// A password is kept no longer than it can be tried again (PW-03).
    func wipePasswords() async throws {
        let end = collaborators.clock.now() - SecurityLimits.retryWindow
        try await collaborators.database.write { try OperationStore.wipePasswords(before: end, $0) }
    }

    func purge() async throws {
        let now = collaborators.clock.now()
        let day = now - SecurityLimits.idempotencyRecord
        let week = now - .seconds(7 * 86_400)
        try await collaborators.database.write { [collaborators] transaction in
            try IdempotencyStore.purge(before: day, transaction)
            try OperationStore.purge(finishedBefore: week, transaction)
            try NoticeStore.purge(endedBefore: now - .seconds(90 * 86_400), transaction)
            try SecureLinkStore.purge(expiredBefore: week, transaction)
            try LinkAttemptStore.purge(before: day, transaction)
            try collaborators.outbox.purge(endedBefore: week, in: transaction)
        }
    }
}
