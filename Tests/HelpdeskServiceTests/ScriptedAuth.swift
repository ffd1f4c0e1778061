import AuthAPI
import AuthClient
import Crypto
import Model
import Platform
import StrictJSON
import TestSupport

/// An auth service in memory that does what its script says: honest unless a test makes it lie.
final class ScriptedAuth: CallerVerification {
    /// How a proof that is handed out is wrong.
    enum ProofLie: String, CaseIterable, Sendable {
        case foreignKey, unknownKey, otherAccount, otherAction, otherOperator, otherSession, otherOperation
        case otherVerification, expired, notYetValid, otherAudience, otherIssuer, accessToken, noSignature, nonsense
    }

    /// What an operator may do.
    struct Desk: Sendable {
        var permissions: Set<Permission> = [
            .resetAnyPassword, .unlockAnyAccount, .searchUsers, .viewHistory, .seeContactDetails,
        ]
        var scope: Set<StoreID> = []
        var rank = 10
        var policy: HelpdeskPolicy = .standard
    }

    struct Verified: Sendable {
        let start: VerificationStart
        let operatorAccount: AccountID
        let session: SessionID
        var status: VerificationStatus
        var operation: OperationID?
    }

    struct Script: Sendable {
        var desks: [AccountID: Desk] = [:]
        var endedSessions: Set<SessionID> = []
        var people: [AccountID: AccountEnrollments] = [:]
        var contacts: [AccountID: [Contact]] = [:]
        var verifications: [VerificationID: Verified] = [:]
        var events: [JSON] = []
        /// What everybody may enroll.
        var enabledTypes: Set<AuthenticationType> = [.securityQuestions, .mobile, .email, .authenticator]
        var lie: ProofLie?
        /// What every call answers instead of an answer.
        var failure: CallerVerificationError?
        /// What the next redemptions answer instead of a proof, after the proof was spent.
        var lostRedemptions = 0
        var redemptions = 0
        var checks = 0
        /// The keys of the unenrollments that were asked for, and what became of each the first time.
        var unenrollments: [String] = []
        var unenrolled: [String: Unenrollment] = [:]
        var approvals: [Approval] = []
        /// What administrators asked for, to be passed on.
        var administration: [AdministrationCall] = []
    }

    let clock: FixedClock
    let key: SigningKey
    private let script = Lock(Script())

    init(clock: FixedClock) throws {
        self.clock = clock
        key = try SigningKey.generate()
    }

    /// Changes the script, or reads it.
    @discardableResult
    func change<Value>(_ body: (inout Script) -> Value) -> Value {
        script.withLock { body(&$0) }
    }

    func read<Value>(_ body: (Script) -> Value) throws(CallerVerificationError) -> Value {
        let (failure, value) = script.withLock { ($0.failure, body($0)) }
        if let failure { throw failure }
        return value
    }

    /// An access token as the auth service signs it.
    func accessToken(
        of account: AccountID, session: SessionID,
        audience: [String] = [AuthNames.authService, AuthNames.helpdeskService],
        type: TokenType = .access, key: SigningKey? = nil, lifetime: Duration = .seconds(600)
    ) throws -> String {
        let now = clock.now()
        var claims = TokenClaims(
            issuer: AuthNames.authService, audience: audience, subject: account.text, id: "token",
            validity: now..<(now + lifetime))
        claims.extra = [JSONMember(name: "sid", value: .string(session.text))]
        return try JWT.sign(claims, type: type, key: key ?? self.key)
    }

    // MARK: Sessions

    func signIn(
        _ request: SignInRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant {
        _ = try read { _ in }
        throw .refused(AuthRefusal(status: 401, code: "auth.sign_in_rejected", title: "Sign-in rejected"))
    }

    func refresh(
        _ request: RefreshRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant {
        _ = try read { _ in }
        throw .refused(AuthRefusal(status: 401, code: "auth.not_signed_in", title: "Sign in first"))
    }

    func signOut(_ credentials: OperatorCredentials) async throws(CallerVerificationError) {
        let (_, session) = try person(credentials)
        change { _ = $0.endedSessions.insert(session) }
    }

    func authority(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> OperatorAuthority {
        let (caller, session) = try person(credentials)
        let desk = try read { $0.desks[caller] }
        guard caller == account, let desk, let role = RoleID("desk") else { throw .notSignedIn }
        return OperatorAuthority(
            account: caller, session: session,
            role: Role(
                id: role, store: caller.store, scope: desk.scope, priority: desk.rank, criteria: .everyone,
                permissions: desk.permissions, authentication: .standard, helpdesk: desk.policy),
            policyVersion: "1")
    }

    // MARK: Accounts

    func enrollments(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AccountEnrollments {
        _ = try person(credentials)
        guard let found = try read({ $0.people[account] }) else {
            throw .refused(AuthRefusal(status: 404, code: "auth.account_not_found", title: "No such account"))
        }
        return found
    }

    func contacts(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> [Contact] {
        _ = try person(credentials)
        return try read { script in
            script.people[account].flatMap { script.contacts[$0.master] } ?? []
        }
    }

    // MARK: Verifications

    func startVerification(
        _ request: VerificationStart, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState {
        let (account, session) = try person(credentials)
        let id: VerificationID = SystemRandom().identifier()
        change {
            $0.verifications[id] = Verified(
                start: request, operatorAccount: account, session: session, status: .created)
        }
        return try await verification(id, credentials)
    }

    func verification(
        _ id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState {
        let found = try mine(id, credentials)
        let address = try read { script in
            found.start.accounts.first.flatMap { script.people[$0] }.flatMap { script.contacts[$0.master] }?.first
        }
        return VerificationState(
            id: id, status: found.status, action: found.start.action, accounts: found.start.accounts,
            isOptional: false,
            types: [
                VerificationState.OfferedType(
                    type: .email, isVerifiable: true, isVerified: found.status != .created, isLocked: false,
                    address: address?.address)
            ], questions: [], questionsNeeded: 0, neededTypes: [], neededFurther: 1, furtherOf: [.email],
            expires: clock.now() + .seconds(1_800))
    }

    func sendCode(
        _ type: AuthenticationType, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CodeSending {
        _ = try mine(id, credentials)
        return CodeSending(type: type, status: "codeSent")
    }

    /// Any code of eight digits is right.
    func check(
        _ answer: CallerAnswer, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CheckResult {
        guard try mine(id, credentials).status.isOpen else {
            throw .refused(
                AuthRefusal(
                    status: 409, code: "auth.verification_not_open", title: "The verification takes no more answers"))
        }
        guard case .code(_, let code) = answer, code.utf8.count == 8 else {
            return CheckResult(ok: false, attemptsLeft: 2, status: .challenged)
        }
        change {
            $0.checks += 1
            $0.verifications[id]?.status = .satisfied
        }
        return CheckResult(ok: true, attemptsLeft: 3, status: .satisfied)
    }

    func redeem(
        _ id: VerificationID, for operation: OperationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> RedeemedProof {
        let found = try mine(id, credentials)
        let isSpentElsewhere = change { script -> Bool in
            script.redemptions += 1
            let record = script.verifications[id]
            if record?.status == .consumed { return record?.operation != operation }
            guard record?.status == .satisfied else { return false }
            script.verifications[id]?.status = .consumed
            script.verifications[id]?.operation = operation
            return false
        }
        if isSpentElsewhere {
            throw .refused(
                AuthRefusal(status: 409, code: "auth.proof_redeemed", title: "The proof was used for another operation")
            )
        }
        guard found.status == .satisfied || found.status == .consumed else {
            throw .refused(
                AuthRefusal(
                    status: 409, code: "auth.verification_not_satisfied", title: "Not enough has been verified"))
        }
        if change({ script in
            defer { script.lostRedemptions = max(0, script.lostRedemptions - 1) }
            return script.lostRedemptions > 0
        }) {
            throw .unavailable(retryAfter: .seconds(5))
        }
        do {
            return RedeemedProof(proof: try ProofForge(auth: self).proof(id, found, operation, change { $0.lie }))
        } catch {
            throw .malformedAnswer("\(error)")
        }
    }

    func enabledTypes(
        of accounts: [AccountID]
    ) async throws(CallerVerificationError) -> [AccountID: Set<AuthenticationType>] {
        try read { script in
            Dictionary(accounts.map { ($0, script.enabledTypes) }, uniquingKeysWith: { first, _ in first })
        }
    }

    // MARK: Feed and keys

    func events(after sequence: Int64, limit: Int) async throws(CallerVerificationError) -> EventPage {
        let events = try read { script in
            Array(script.events.filter { ($0["sequence"]?.integerValue ?? 0) > sequence }.prefix(limit))
        }
        return EventPage(
            service: AuthNames.authService, events: events, last: events.last?["sequence"]?.integerValue ?? sequence)
    }

    func keySet() async throws(CallerVerificationError) -> VerificationKeySet {
        try read { _ in VerificationKeySet([key.publicKey]) }
    }

    /// Whose token this is; its session has to be alive.
    func person(
        _ credentials: OperatorCredentials
    ) throws(CallerVerificationError) -> (AccountID, SessionID) {
        let ended = try read { $0.endedSessions }
        guard
            let payload = try? JWT.verify(
                credentials.accessToken,
                as: TokenExpectation(
                    type: .access, audience: AuthNames.authService, issuer: AuthNames.authService),
                keys: { $0 == key.id ? key.publicKey : nil }, now: clock.now()),
            let account = payload["sub"]?.stringValue.flatMap({ AccountID($0) }),
            let session = payload["sid"]?.stringValue.flatMap({ SessionID($0) }), !ended.contains(session)
        else { throw .notSignedIn }
        return (account, session)
    }

    private func mine(
        _ id: VerificationID, _ credentials: OperatorCredentials
    ) throws(CallerVerificationError) -> Verified {
        let (account, session) = try person(credentials)
        guard let found = try read({ $0.verifications[id] }), found.operatorAccount == account, found.session == session
        else {
            throw .refused(AuthRefusal(status: 404, code: "auth.verification_not_found", title: "No such verification"))
        }
        return found
    }
}

/// Signs proofs, right ones and wrong ones.
struct ProofForge {
    let auth: ScriptedAuth

    func proof(
        _ id: VerificationID, _ verified: ScriptedAuth.Verified, _ operation: OperationID,
        _ lie: ScriptedAuth.ProofLie?
    ) throws -> String {
        let now = auth.clock.now()
        let claims = ProofClaims(
            accounts: lie == .otherAccount ? [try strangerAccount()] : Set(verified.start.accounts),
            action: lie == .otherAction ? verified.start.action.other : verified.start.action,
            operatorAccount: lie == .otherOperator ? try strangerAccount() : verified.operatorAccount,
            session: lie == .otherSession ? try required(SessionID("another")) : verified.session,
            operation: lie == .otherOperation ? try required(OperationID("another")) : operation,
            verification: lie == .otherVerification ? try required(VerificationID("another")) : id,
            types: [.email], policyVersion: "1")
        var validity = now..<(now + .seconds(300))
        if lie == .expired { validity = (now - .seconds(700))..<(now - .seconds(400)) }
        if lie == .notYetValid { validity = (now + .seconds(100))..<(now + .seconds(400)) }
        var token = TokenClaims(
            issuer: lie == .otherIssuer ? AuthNames.helpdeskService : AuthNames.authService,
            audience: [lie == .otherAudience ? AuthNames.authService : AuthNames.helpdeskService],
            subject: verified.start.accounts[0].text, id: "proof", validity: validity)
        token.extra = claims.members
        let isForeign = lie == .foreignKey || lie == .unknownKey
        let type: TokenType = lie == .accessToken ? .access : .proof
        var text = try JWT.sign(token, type: type, key: isForeign ? SigningKey.generate() : auth.key)
        if lie == .foreignKey { text = try claimingKey(of: text) }
        if lie == .noSignature { text = text.split(separator: ".").dropLast().joined(separator: ".") + "." }
        return lie == .nonsense ? "not.a.proof" : text
    }

    /// The token under the auth service's key id, signed by somebody else.
    private func claimingKey(of token: String) throws -> String {
        let parts = token.split(separator: ".")
        let header = JSON.object([
            "alg": "ES256", "typ": .string(TokenType.proof.rawValue), "kid": .string(auth.key.id),
        ])
        let signed = Base64URL.encode(header.serialized()) + "." + parts[1]
        return signed + "." + Base64URL.encode(try SigningKey.generate().sign(Array(signed.utf8)))
    }

    private func strangerAccount() throws -> AccountID { try required(AccountID("staff~somebody-else")) }
}

extension HelpdeskAction {
    var other: HelpdeskAction { self == .resetPassword ? .unlockAccount : .resetPassword }
}
