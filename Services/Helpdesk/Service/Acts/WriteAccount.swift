import Directory
import Model
import Policy

/// What is to be written to one account, whoever allowed it (VS-10).
struct AccountWrite: Sendable {
    /// What a reset sets.
    struct Password: Sendable {
        let secret: Secret
        let mustChange: Bool
    }

    let operation: Operation
    /// The account as it was when the intent was recorded.
    let account: DirectoryAccount
    let store: any IdentityStore
    /// `nil` for an unlock, and for a reset that sends a link.
    let password: Password?
    /// Why the account may not be written as it is now.
    let refusal: @Sendable (DirectoryAccount) -> Refusal?
}

extension AccountWrite {
    /// One account of an operator's act.
    init(_ target: TargetFacts, of act: PlannedAct, _ collaborators: Collaborators) {
        self.init(
            operation: act.operation, account: target.account, store: target.store,
            password: act.password.map { Password(secret: $0.secret, mustChange: $0.mustChange) },
            refusal: { fresh in
                target.with(fresh).decide(
                    act.operation.action, by: act.desk.authority, protecting: collaborators.protected
                ).refusal
            })
    }
}

/// Writes one account, after looking at it once more. The only place that does (VS-10).
struct WriteAccount: Sendable {
    let collaborators: Collaborators

    /// Time that has to be left of the lease before a write is begun: longer than any store's deadline, so that nobody
    /// settles the write while it is under way.
    private static let reserve = Duration.seconds(60)

    /// What became of it; an intent that is still open when nobody can tell yet, for `SettleOperations` to read later.
    func run(_ write: AccountWrite) async throws -> Intent {
        let intent = Intent(
            account: write.account.id, state: .writing, credentialVersion: write.account.credentialVersion,
            wasLocked: write.account.isLocked)
        guard collaborators.clock.now() + Self.reserve < write.operation.lease.until else {
            return intent.failed(.interrupted)
        }
        if let obstacle = await checkAgain(write, intent) { return obstacle }
        // The first half of a reset by link ends here; the owner's half writes.
        if write.operation.method == .secureLink { return intent.ended(.done) }
        do throws(StoreError) {
            try await perform(write)
            return intent.ended(.done)
        } catch {
            return await explain(error, write, intent)
        }
    }

    /// The target as it is now: still there, still the same, still allowed (VS-10).
    private func checkAgain(_ write: AccountWrite, _ intent: Intent) async -> Intent? {
        let found: DirectoryAccount?
        do throws(StoreError) {
            found = try await write.store.account(write.account.id)
        } catch {
            return intent.failed(.storeUnavailable)
        }
        guard let fresh = found else { return intent.failed(.accountGone) }
        let isSame =
            fresh.credentialVersion.utf8.elementsEqual(write.account.credentialVersion.utf8)
            && fresh.login.utf8.elementsEqual(write.account.login.utf8)
        guard isSame else { return intent.failed(.accountChanged) }
        return write.refusal(fresh).map {
            intent.ended(.refused, reason: $0.rawValue, message: $0.sentence)
        }
    }

    private func perform(_ write: AccountWrite) async throws(StoreError) {
        switch write.operation.action {
        case .unlockAccount:
            _ = try await write.store.unlock(write.account.id, operation: write.operation.id)
        case .resetPassword:
            guard let password = write.password else { throw .malformed("a reset without a password") }
            _ = try await write.store.resetPassword(
                of: write.account.id, to: password.secret,
                mustChange: password.mustChange && write.store.capabilities.mustChange.isSupported,
                operation: write.operation.id)
        }
    }

    private func explain(
        _ error: StoreError, _ write: AccountWrite, _ intent: Intent
    ) async -> Intent {
        collaborators.log.warning(
            "directory.not_written",
            ["operation": .init(write.operation.id), "account": .init(write.account.id), "why": .init(error.kind)])
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
                intent, of: write.operation, write.store, notApplied: .storeUnavailable)
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
