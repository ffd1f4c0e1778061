import Directory
import Model

/// Writes one account of an act, after looking at it once more.
struct WriteAccount: Sendable {
    let collaborators: Collaborators

    /// Time that has to be left of the lease before a write is begun: longer than any store's deadline, so that nobody
    /// settles the write while it is under way.
    private static let reserve = Duration.seconds(60)

    /// What became of it; an intent that is still open when nobody can tell yet, for `SettleOperations` to read later.
    func run(_ target: TargetFacts, of act: PlannedAct) async throws -> Intent {
        let intent = Intent(
            account: target.id, state: .writing, credentialVersion: target.account.credentialVersion,
            wasLocked: target.account.isLocked)
        guard collaborators.clock.now() + Self.reserve < act.operation.lease.until else {
            return intent.failed(.interrupted)
        }
        if let obstacle = await checkAgain(target, intent, act) { return obstacle }
        do throws(StoreError) {
            try await write(target, act)
            return intent.ended(.done)
        } catch {
            return await explain(error, target, intent, act)
        }
    }

    /// The target as it is now: still there, still the same, still allowed (VS-10).
    private func checkAgain(_ target: TargetFacts, _ intent: Intent, _ act: PlannedAct) async -> Intent? {
        let found: DirectoryAccount?
        do throws(StoreError) {
            found = try await target.store.account(target.id)
        } catch {
            return intent.failed(.storeUnavailable)
        }
        guard let fresh = found else { return intent.failed(.accountGone) }
        let isSame =
            fresh.credentialVersion.utf8.elementsEqual(target.account.credentialVersion.utf8)
            && fresh.login.utf8.elementsEqual(target.account.login.utf8)
        guard isSame else { return intent.failed(.accountChanged) }
        let decision = target.with(fresh).decide(
            act.operation.action, by: act.desk.authority, protecting: collaborators.protected)
        return decision.refusal.map {
            intent.ended(.refused, reason: $0.rawValue, message: $0.sentence)
        }
    }

    private func write(_ target: TargetFacts, _ act: PlannedAct) async throws(StoreError) {
        switch act.operation.action {
        case .unlockAccount:
            _ = try await target.store.unlock(target.id, operation: act.operation.id)
        case .resetPassword:
            guard let password = act.password else { throw .malformed("a reset without a password") }
            _ = try await target.store.resetPassword(
                of: target.id, to: password.secret,
                mustChange: password.mustChange && target.store.capabilities.mustChange.isSupported,
                operation: act.operation.id)
        }
    }

    private func explain(
        _ error: StoreError, _ target: TargetFacts, _ intent: Intent, _ act: PlannedAct
    ) async -> Intent {
        collaborators.log.warning(
            "directory.not_written",
            ["operation": .init(act.operation.id), "account": .init(target.id), "why": .init(error.kind)])
        switch error {
        case .unavailable: return intent.failed(.storeUnavailable)
        case .notFound: return intent.failed(.accountGone)
        case .conflict: return intent.failed(.accountChanged)
        case .refused(let code, let message): return intent.ended(.failed, reason: code, message: message)
        case .unsupported(let sentence):
            return intent.ended(.failed, reason: ActFailure.storeUnsupported.rawValue, message: sentence)
        case .malformed: return intent.failed(.storeMalformed)
        case .outcomeUnknown:
            return await SettleOperations(collaborators: collaborators).read(
                intent, of: act.operation, target.store, notApplied: .storeUnavailable)
        }
    }
}

extension StoreError {
    /// The error's kind, for the log: its text may name people.
    var kind: StaticString {
        switch self {
        case .unavailable: "unavailable"
        case .outcomeUnknown: "outcomeUnknown"
        case .notFound: "notFound"
        case .refused: "refused"
        case .unsupported: "unsupported"
        case .conflict: "conflict"
        case .malformed: "malformed"
        }
    }
}
