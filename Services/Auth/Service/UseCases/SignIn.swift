import Audit
import AuthAPI
import Crypto
import Directory
import Model
import SQL

/// Signs a person in with the directory password (OP-01).
///
/// Unknown store, unknown login, wrong password, locked account: one answer, and the same number of hashes (RL-03).
/// Attempts are counted by login, failures by address, in the database, so that replicas share the count (RL-01), and never
/// lock anything in the directory by themselves (RL-02).
struct SignIn: Sendable {
    let collaborators: Collaborators

    func run(_ request: SignInRequest, origin: Origin) async throws -> SessionGrant {
        let now = collaborators.clock.now()
        let admitted = try await admit(request, origin, at: now)
        let account = admitted.live.account
        let opened = OpenedSession(account: account.id, collaborators: collaborators, at: now)
        try await collaborators.database.write { [collaborators] transaction in
            try SignInAttemptStore.takeBack(admitted.attempt, transaction)
            try SessionStore.insert(opened.session, refreshHash: opened.refreshHash, transaction)
            let event = AuditEvent(.signIn, by: .person(opened.session, origin), at: now).about(account.id)
            _ = try collaborators.audit.append(event, in: transaction)
        }
        return try opened.grant(
            displayName: account.displayName, role: admitted.live.role, collaborators, at: now)
    }

    /// Somebody the directory has let in.
    struct Admitted: Sendable {
        let live: LiveRole
        /// Counted before the outcome was known; to be taken back with what the admission is for.
        let attempt: SignInAttemptID
    }

    /// Has the directory check the password, within the limits; who is not let in is counted and on record.
    func admit(_ request: SignInRequest, _ origin: Origin, at now: Timestamp) async throws -> Admitted {
        let attempt = try await reserveAttempt(request, origin, at: now)
        let outcome: SignInOutcome
        do {
            outcome = try await askDirectory(request)
        } catch {
            // The directory has judged nobody.
            try await collaborators.database.write { try SignInAttemptStore.takeBack(attempt, $0) }
            throw error
        }
        let roles = try await collaborators.roles.current()
        guard case .accepted(let account) = outcome, let role = roles.role(of: account) else {
            try await recordFailure(request, outcome, origin, at: now)
            throw AuthError.signInRejected
        }
        return Admitted(live: LiveRole(account: account, role: role, policyVersion: roles.version), attempt: attempt)
    }

    private func askDirectory(_ request: SignInRequest) async throws -> SignInOutcome {
        guard let store = collaborators.stores[request.store] else {
            try await collaborators.hasher.verifyDecoy(request.password)
            return .rejected(SignInRejection(.unknownAccount, account: nil))
        }
        do {
            return try await store.signIn(login: request.login, password: request.password)
        } catch .unsupported(let reason) {
            // About the store and not the person: it is the same for every login (RL-03).
            throw AuthError.signInUnsupported(reason)
        } catch {
            throw AuthError.storeUnavailable(request.store)
        }
    }

    private func subjects(_ request: SignInRequest, _ origin: Origin) -> (login: [UInt8], address: [UInt8]) {
        let login = "\(request.store.text)\u{0}\(request.login.lowercased())"
        return (
            collaborators.keyring.mac(Array(login.utf8), purpose: "sign-in-login"),
            collaborators.keyring.mac(Array(origin.address.utf8), purpose: "sign-in-address")
        )
    }

    /// Counts the attempt for its login, and as a failure for its address before it is known to be one, so that many at
    /// once cannot pass the limit together.
    private func reserveAttempt(
        _ request: SignInRequest, _ origin: Origin, at now: Timestamp
    ) async throws -> SignInAttemptID {
        let window = Duration.seconds(600)
        let (login, address) = subjects(request, origin)
        let limits = collaborators.limits
        let attempt: SignInAttemptID = collaborators.random.identifier()
        let allowed = try await collaborators.database.write { [collaborators] transaction in
            let since = now - window
            guard
                try SignInAttemptStore.count(login, since: since, transaction) < limits[SecurityLimits.signInsPerLogin],
                try SignInAttemptStore.count(address, since: since, transaction)
                    < limits[SecurityLimits.failedSignInsPerAddress]
            else { return false }
            try SignInAttemptStore.insert(collaborators.random.identifier(), login, at: now, transaction)
            try SignInAttemptStore.insert(attempt, address, at: now, transaction)
            return true
        }
        guard allowed else { throw AuthError.tooManyAttempts(retryAfter: window) }
        return attempt
    }

    private func recordFailure(
        _ request: SignInRequest, _ outcome: SignInOutcome, _ origin: Origin, at now: Timestamp
    ) async throws {
        let rejection = outcome.rejectedBecause
        try await collaborators.database.write { [collaborators] transaction in
            let actor = Actor(kind: .endUser, account: rejection?.account, session: nil, origin: origin)
            let event = AuditEvent(.signIn, .failure, by: actor, at: now).about(rejection?.account)
                .because(rejection?.reason.rawValue ?? "noRole").with { $0.store = request.store }
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}

/// A session being opened or renewed: its row and the refresh token that goes with it.
struct OpenedSession: Sendable {
    let session: Session
    let refreshToken: String
    let refreshHash: [UInt8]

    init(account: AccountID, collaborators: Collaborators, at now: Timestamp) {
        self.init(
            session: Session(
                id: collaborators.random.identifier(), account: account, createdAt: now, usedAt: now,
                expiresAt: now + collaborators.limits.seconds(SecurityLimits.sessionSeconds), isEnded: false),
            collaborators: collaborators)
    }

    init(session: Session, collaborators: Collaborators) {
        self.session = session
        refreshToken = Base64URL.encode(collaborators.random.bytes(SecurityLimits.tokenBytes))
        refreshHash = Digest.sha256(Array(refreshToken.utf8))
    }

    func grant(
        displayName: String, role: Role, _ collaborators: Collaborators, at now: Timestamp
    ) throws -> SessionGrant {
        let id = Base64URL.encode(collaborators.random.bytes(16))
        return SessionGrant(
            accessToken: try collaborators.tokens.accessToken(of: session, at: now, id: id),
            expiresInSeconds: Int64(collaborators.limits[SecurityLimits.accessTokenSeconds]),
            refreshToken: refreshToken, session: session.id, account: session.account, displayName: displayName,
            role: role.id, permissions: role.permissions)
    }
}
