import Audit
import Crypto
import Messaging
import Model
import Observability
import SQL

/// What has to be done again and again: keys taken up and rotated, rows that have served their time removed.
struct Maintenance: Sendable {
    let collaborators: Collaborators

    /// Runs until its task is cancelled.
    func run() async {
        var turn = 0
        while !Task.isCancelled {
            await attempt("keys.reload") { try await reloadKeys() }
            if turn % 120 == 0 {
                await attempt("keys.rotate") { try await rotateKeys() }
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
            collaborators.log.error("maintenance.failed", ["step": LogValue(step), "error": "\(error)"])
        }
    }

    func reloadKeys() async throws {
        try await collaborators.tokens.reload(from: collaborators.database, at: collaborators.clock.now())
    }

    /// Makes the first key, and another when the current one has signed for its time (TK-03).
    func rotateKeys() async throws {
        let now = collaborators.clock.now()
        let age = Duration.seconds(collaborators.limits[SecurityLimits.signingKeyDays] * 86_400)
        let since = try await SigningKeys.currentSince(in: collaborators.database)
        guard since.map({ now - $0 > age }) ?? true else { return }
        let kid = try await SigningKeys.rotate(
            in: collaborators.database, keyring: collaborators.keyring, audit: collaborators.audit, at: now)
        collaborators.log.info("keys.rotated", ["kid": LogValue(kid)])
        try await reloadKeys()
    }

    private func purge() async throws {
        let now = collaborators.clock.now()
        let day = now - .seconds(86_400)
        let week = now - .seconds(7 * 86_400)
        try await collaborators.database.write { [collaborators] transaction in
            try SessionStore.purge(before: week, transaction)
            try SignInAttemptStore.purge(before: day, transaction)
            try PendingEnrollmentStore.purge(before: now, transaction)
            try CodeStore.purge(before: day, transaction)
            try CodeSendStore.purge(before: day, transaction)
            try FailureStore.purge(before: day, transaction)
            try VerificationStore.purge(before: week, transaction)
            try IdempotencyStore.purge(before: now - SecurityLimits.idempotencyRecord, transaction)
            try WeakeningStore.purge(before: week, transaction)
            try ApprovalStore.purge(before: week, transaction)
            try SigningKeyStore.purge(retiredBefore: week, transaction)
            _ = try collaborators.outbox.purge(endedBefore: week, in: transaction)
        }
    }
}
