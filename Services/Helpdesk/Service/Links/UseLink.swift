import Audit
import AuthClient
import Directory
import Model
import Passwords
import Policy
import SQL
import StrictJSON

/// The owner's page: what a link is good for, and the password it sets (R3, R10).
///
/// Looking spends nothing (SL-01). A token that opens nothing gets one answer, whether it never was, was used, voided,
/// revoked or came too late. Setting the password goes through the same executor as every reset, under the third
/// authority of VS-10: the link, spent in the same transaction that records the intent. A write that certainly did not
/// happen gives the link back.
struct UseLink: Sendable {
    let collaborators: Collaborators

    private static let window = Duration.seconds(600)

    /// What the owner has to know to choose a password.
    func inspect(_ token: Secret, from origin: ClientOrigin) async throws -> JSON {
        let link = try await find(token, origin)
        let target = try await target(of: link, origin)
        try await collaborators.database.write { [collaborators] transaction in
            guard try SecureLinkStore.open(link.id, at: collaborators.clock.now(), transaction) else { return }
            try LinkEffects(collaborators: collaborators).append(
                "opened", link, by: .owner(link.account, origin), transaction)
        }
        return .object([
            "login": .string(masked(target.account.login)), "store": .string(target.store.name),
            "expires": .string(link.expiresAt.rfc3339),
            "policy": collaborators.passwords.policy(of: link.account.store)?.json,
        ])
    }

    /// Sets the password.
    func redeem(_ token: Secret, _ password: Secret, from origin: ClientOrigin) async throws -> JSON {
        let link = try await find(token, origin)
        let target = try await target(of: link, origin)
        let problems = await collaborators.passwords.problems(with: password, for: [target.account])
        guard problems.isEmpty else {
            try await count(origin)
            throw HelpdeskError.passwordRefused(problems)
        }
        let operation = try await recordIntent(link, target, password, origin)
        do {
            return try await carryOut(operation, target, password)
        } catch let error as DatabaseError {
            collaborators.stranded.add(operation.id)
            throw error
        }
    }

    private func carryOut(
        _ operation: Operation, _ target: LinkTarget, _ password: Secret
    ) async throws -> JSON {
        try collaborators.crashPoints.reach(.authorityRecorded)
        let write = AccountWrite(
            operation: operation, account: target.account, store: target.store,
            password: .init(secret: password, mustChange: false),
            refusal: { target.refusal(for: $0, collaborators) })
        let result = try await WriteAccount(collaborators: collaborators).run(write)
        try collaborators.crashPoints.reach(.directoryWritten)
        try await RecordResult(collaborators: collaborators).run(result, of: operation)
        try collaborators.crashPoints.reach(.resultRecorded)
        collaborators.wakeOutbox()
        let open = result.state.isOpen ? ActFailure.outcomeUnknown : nil
        return .object([
            "outcome": .string(result.state.outcome), "reason": (result.reason ?? open?.rawValue).map(JSON.string),
            "message": (result.message ?? open?.sentence).map(JSON.string),
        ])
    }

    // MARK: The link

    private func find(_ token: Secret, _ origin: ClientOrigin) async throws -> SecureLink {
        let now = collaborators.clock.now()
        let digest = SecureLinkTokens.digest(of: token, collaborators.keyring)
        let source = self.source(origin)
        let most = collaborators.limits[SecurityLimits.linkFailuresPerAddress]
        let (failures, link) = try await collaborators.database.read { connection in
            (
                try LinkAttemptStore.count(source, since: now - Self.window, connection),
                try SecureLinkStore.find(digest: digest, at: now, connection)
            )
        }
        guard failures < most else { throw HelpdeskError.tooManyLinkAttempts(retryAfter: Self.window) }
        guard let link else {
            try await count(origin)
            throw HelpdeskError.linkNotValid
        }
        return link
    }

    private func count(_ origin: ClientOrigin) async throws {
        let (now, source, id) = (collaborators.clock.now(), self.source(origin), newID())
        try await collaborators.database.write { try LinkAttemptStore.insert(id, source, at: now, $0) }
    }

    private func newID() -> SecureLinkID { collaborators.random.identifier() }

    private func source(_ origin: ClientOrigin) -> [UInt8] {
        collaborators.keyring.mac(Array(origin.address.utf8), purpose: "link-source")
    }

    /// The account as it is now. One that was reset elsewhere since, is protected, or may not sign in anyway, is not set
    /// by a link any more.
    private func target(of link: SecureLink, _ origin: ClientOrigin) async throws -> LinkTarget {
        guard let store = collaborators.stores.store(of: link.account) else { throw HelpdeskError.linkNotValid }
        let found: DirectoryAccount?
        do throws(StoreError) {
            found = try await store.account(link.account)
        } catch {
            throw HelpdeskError.storeUnavailable(link.account.store)
        }
        guard let account = found, account.passwordSetAt == link.passwordSetAt else {
            try await void(link, found == nil ? "accountGone" : "passwordSetElsewhere")
            throw HelpdeskError.linkNotValid
        }
        let target = LinkTarget(account: account, store: store)
        if let refusal = target.refusal(for: account, collaborators) {
            let event = AuditEvent(.refusal, .failure, by: .owner(link.account, origin), at: collaborators.clock.now())
                .about(link.account, action: HelpdeskAction.resetPassword.rawValue).because(refusal.rawValue)
                .with { $0.operation = link.operation }
            try await collaborators.database.write { [collaborators] transaction in
                _ = try collaborators.audit.append(event, in: transaction)
            }
            throw HelpdeskError.refused(refusal, nil)
        }
        return target
    }

    private func void(_ link: SecureLink, _ why: String) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            try LinkEffects(collaborators: collaborators).end(link, .voided, why, by: .system, transaction)
        }
    }

    // MARK: Intent and authority

    /// One transaction: the link is spent, and everything a restart would need is on disk.
    private func recordIntent(
        _ link: SecureLink, _ target: LinkTarget, _ password: Secret, _ origin: ClientOrigin
    ) async throws -> Operation {
        let now = collaborators.clock.now()
        let id: OperationID = collaborators.random.identifier()
        let sealed = try collaborators.keyring.seal(password, context: Operation.context(id))
        return try await collaborators.database.write { [collaborators] transaction in
            guard let sending = try OperationStore.find(link.operation, transaction),
                try SecureLinkStore.move(link.id, from: .live, to: .used, transaction)
            else { throw HelpdeskError.linkNotValid }
            let operation = Operation(
                id: id, operatorAccount: sending.operatorAccount, session: sending.session, subject: link.account,
                action: .resetPassword, verification: sending.verification, reason: nil, contacts: [],
                authority: .ownersLink, sealedPassword: sealed, isGenerated: false, mustChange: false,
                requestKey: SecureLink.group(link.id), origin: origin, createdAt: now,
                lease: Operation.Lease(owner: collaborators.node, until: now + PlanAct.lease), finishedAt: nil,
                method: .newPassword, link: link.id)
            guard try OperationStore.open(operation, transaction) else { throw HelpdeskError.operationInProgress }
            let intent = Intent(
                account: link.account, state: .writing, credentialVersion: target.account.credentialVersion,
                wasLocked: target.account.isLocked)
            try IntentStore.insert([intent], of: id, transaction)
            let event = AuditEvent(.operation, by: .owner(operation), at: now)
                .about(link.account, action: operation.action.rawValue).because("opened")
                .with {
                    $0.operation = id
                    $0.detail = [
                        JSONMember(name: "link", value: .string(link.id.text)),
                        JSONMember(name: "sentBy", value: .string(link.operation.text)),
                    ]
                }
            try collaborators.audit.append(event, in: transaction)
            return operation
        }
    }
}

/// The account a link is for, as it is now.
struct LinkTarget: Sendable {
    let account: DirectoryAccount
    let store: any IdentityStore

    /// Why the password of the account may not be set now; `nil`: it may. What its operator may do was asked when the
    /// link was sent and is not asked again: they have long hung up.
    func refusal(for account: DirectoryAccount, _ collaborators: Collaborators) -> Refusal? {
        collaborators.protected.hold(account) ? .protectedAccount : nil
    }
}

/// The first letter, as in `a•••`: enough for the owner to know which account it is.
private func masked(_ login: String) -> String {
    String(login.prefix(1)) + "•••"
}

extension PasswordPolicy {
    /// What a page can check while the owner types; banned words are the server's to know.
    fileprivate var json: JSON {
        .object([
            "minimumLength": .integer(Int64(minimumLength)), "maximumLength": .integer(Int64(maximumLength)),
            "minimumClasses": .integer(Int64(minimumClasses)),
        ])
    }
}
