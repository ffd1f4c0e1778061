import AuthAPI
import Crypto
import Model
import Observability
import Platform
import StrictJSON
import Transport

/// The auth service over HTTP. One deadline holds for every call; nothing is tried twice here: the operations that may
/// be repeated are repeated by those who know why.
public struct HTTPCallerVerification: CallerVerification {
    /// Where the auth service is and how it is asked.
    public struct Settings: Sendable {
        /// `http://127.0.0.1:8401`, without a slash at its end.
        public let url: String
        /// How long a call may take in all; longer is `unavailable` (ST-02).
        public let deadline: Duration
        /// Certificates to trust in place of the system's (PEM); for `https`.
        public let caFile: String?
        /// Life of the service token.
        public let tokenLifetime: Duration

        /// Makes settings of their parts.
        public init(
            url: String, deadline: Duration = .seconds(3), caFile: String? = nil,
            tokenLifetime: Duration = .seconds(300)
        ) {
            self.url = url
            self.deadline = deadline
            self.caFile = caFile
            self.tokenLifetime = tokenLifetime
        }
    }

    private let settings: Settings
    private let client: HTTPClient
    private let tokens: ServiceTokenSource
    private let log: Log

    /// A client with connections of its own.
    ///
    /// - Parameters:
    ///   - key: the helpdesk service's own signing key, pinned in the auth service (ST-01).
    ///   - log: gets what the auth service's answers lacked; never tokens.
    public init(
        _ settings: Settings, key: SigningKey, clock: any Clock, random: any RandomSource, log: Log
    ) {
        self.settings = settings
        client = HTTPClient(threads: 8, caFile: settings.caFile, userAgent: AuthNames.helpdeskService)
        self.log = log
        tokens = ServiceTokenSource(key: key, lifetime: settings.tokenLifetime, clock: clock, random: random)
    }

    /// Opens a session with the directory password.
    public func signIn(
        _ request: SignInRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant {
        try await ask("POST", AuthPath.sessions.pattern, .anybody(origin), request.json).value()
    }

    /// A new access token for a refresh token.
    public func refresh(
        _ request: RefreshRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant {
        try await ask("POST", AuthPath.refresh.pattern, .anybody(origin), request.json).value()
    }

    /// Ends the operator's session.
    public func signOut(_ credentials: OperatorCredentials) async throws(CallerVerificationError) {
        try await ask("DELETE", AuthPath.currentSession.pattern, .person(credentials)).checkSuccess()
    }

    /// What the operator may do right now.
    public func authority(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> OperatorAuthority {
        try await ask("GET", AuthPath.authority.filled(account.text), .helpdesk(credentials)).value()
    }

    /// What an account's person is enrolled with.
    public func enrollments(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AccountEnrollments {
        let path = AuthPath.accountEnrollments.filled(account.text)
        let found = try await ask("GET", path, .helpdesk(credentials)).value(AccountEnrollments.self)
        guard found.account == account, found.samePerson.contains(account) else {
            throw noted(.malformedAnswer("the enrollments of another account"))
        }
        return found
    }

    /// The addresses an account's person has enrolled.
    public func contacts(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> [Contact] {
        let path = AuthPath.accountContacts.filled(account.text)
        return try await ask("GET", path, .helpdesk(credentials)).value(AccountContacts.self).contacts
    }

    /// Removes what an account's person is enrolled with.
    public func unenroll(
        _ account: AccountID, _ request: UnenrollmentRequest, key: String, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Unenrollment {
        let path = AuthPath.unenrollments.filled(account.text)
        let headers = [("Idempotency-Key", key)]
        let done = try await ask("POST", path, .helpdesk(credentials), request.json, headers)
            .value(Unenrollment.self)
        guard done.removed.isSubset(of: request.types) else {
            throw noted(.malformedAnswer("an unenrollment of something else"))
        }
        return done
    }

    /// What waits for a second person.
    public func approvals(
        _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> ApprovalList {
        try await ask("GET", AuthPath.approvals.pattern, .helpdesk(credentials)).value()
    }

    /// Says yes or no, as the second person.
    public func decide(
        _ approval: ApprovalID, _ decision: ApprovalDecision, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Approval {
        let path = AuthPath.approvalDecision.filled(approval.text)
        return try await ask("POST", path, .helpdesk(credentials), decision.json).value()
    }

    /// Passes on what an administrator asks for.
    public func administer(
        _ call: AdministrationCall, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AdministrationAnswer {
        let headers = call.tag.map { [("If-Match", $0)] } ?? []
        let answer = try await ask(call.method, call.path, .helpdesk(credentials), call.body, headers)
        return try answer.passedOn()
    }

    /// What the auth service knows about an act nobody has begun.
    public func explain(
        _ action: HelpdeskAction, by operatorAccount: AccountID, on user: AccountID,
        _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> ActFacts {
        let query =
            "?operator=\(percentEncoded(operatorAccount.text))"
            + "&user=\(percentEncoded(user.text))&action=\(action.rawValue)"
        return try await ask("GET", AuthPath.explanation.pattern + query, .helpdesk(credentials)).value()
    }

    /// Starts to prove a caller.
    public func startVerification(
        _ request: VerificationStart, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState {
        let started = try await ask("POST", AuthPath.verifications.pattern, .helpdesk(credentials), request.json)
            .value(VerificationState.self)
        guard started.accounts == request.accounts, started.action == request.action else {
            throw noted(.malformedAnswer("a verification of something else"))
        }
        return started
    }

    /// Where a verification stands.
    public func verification(
        _ id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState {
        let state = try await ask("GET", AuthPath.verification.filled(id.text), .helpdesk(credentials))
            .value(VerificationState.self)
        guard state.id == id else { throw noted(.malformedAnswer("another verification")) }
        return state
    }

    /// Sends a code.
    public func sendCode(
        _ type: AuthenticationType, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CodeSending {
        let path = type == .email ? AuthPath.emailCode : AuthPath.mobileCode
        return try await ask("POST", path.filled(id.text), .helpdesk(credentials)).value()
    }

    /// Checks what the caller said.
    public func check(
        _ answer: CallerAnswer, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CheckResult {
        let (path, body) = answer.target(in: id)
        return try await ask("POST", path, .helpdesk(credentials), body).value()
    }

    /// Spends a satisfied verification.
    public func redeem(
        _ id: VerificationID, for operation: OperationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> RedeemedProof {
        let path = AuthPath.redemption.filled(id.text)
        let body = RedemptionRequest(operation: operation).json
        return try await ask("POST", path, .helpdesk(credentials), body).value()
    }

    /// What people may enroll, each by their own role.
    public func enabledTypes(
        of accounts: [AccountID]
    ) async throws(CallerVerificationError) -> [AccountID: Set<AuthenticationType>] {
        let question = EnabledTypesQuestion(accounts: accounts)
        return try await ask("POST", AuthPath.enabledTypes.pattern, .helpdesk(nil), question.json)
            .value(EnabledTypes.self).types
    }

    /// The event feed.
    public func events(after sequence: Int64, limit: Int) async throws(CallerVerificationError) -> EventPage {
        let path = "\(AuthPath.events.pattern)?after=\(sequence)&limit=\(limit)"
        return try await ask("GET", path, .helpdesk(nil)).value()
    }

    /// The public keys.
    public func keySet() async throws(CallerVerificationError) -> VerificationKeySet {
        let json = try await ask("GET", AuthPath.keySet.pattern, .anybody(nil)).json()
        do {
            return try VerificationKeySet(json: json)
        } catch {
            throw noted(.malformedAnswer("the key set: \(error)"))
        }
    }

    private func ask(
        _ method: String, _ path: String, _ caller: AuthCaller, _ body: JSON? = nil,
        _ headers: [(String, String)] = []
    ) async throws(CallerVerificationError) -> CheckedAnswer {
        let request = HTTPRequest(
            method, settings.url + path, headers: try head(caller, hasBody: body != nil) + headers,
            body: body?.serialized(), deadline: settings.deadline)
        do throws(TransportError) {
            let answer = AuthAnswer(response: try await client.send(request))
            return CheckedAnswer(answer: answer, isSignedIn: caller.isSignedIn, log: log)
        } catch {
            log.warning("auth.unreachable", ["error": .init(String(describing: error))])
            throw .unavailable(retryAfter: .seconds(5))
        }
    }

    private func head(_ caller: AuthCaller, hasBody: Bool) throws(CallerVerificationError) -> [(String, String)] {
        var headers = [("Accept", "application/json")]
        if hasBody { headers.append(("Content-Type", "application/json")) }
        if let id = RequestContext.requestID { headers.append(("Latchkey-Request-Id", id.text)) }
        if let origin = caller.origin {
            headers.append((AuthNames.clientAddressHeader, origin.address))
            if let client = origin.client { headers.append(("User-Agent", client)) }
        }
        switch caller {
        case .anybody(nil): break
        // Nobody has signed in yet; the service token vouches for the client's address.
        case .anybody: headers.append(("Authorization", "Bearer " + (try serviceToken())))
        case .person(let credentials): headers.append(("Authorization", "Bearer " + credentials.accessToken))
        case .helpdesk(let credentials):
            headers.append(("Authorization", "Bearer " + (try serviceToken())))
            if let credentials { headers.append((AuthNames.operatorHeader, credentials.accessToken)) }
        }
        return headers
    }

    private func serviceToken() throws(CallerVerificationError) -> String {
        do {
            return try tokens.token()
        } catch {
            throw noted(.malformedAnswer("the service token cannot be signed: \(error)"))
        }
    }

    private func noted(_ error: CallerVerificationError) -> CallerVerificationError {
        if case .malformedAnswer(let text) = error { log.error("auth.malformed", ["error": .init(text)]) }
        return error
    }
}

/// As whom a call is made.
private enum AuthCaller {
    case anybody(ClientOrigin?)
    /// The person's own token, on a self-service route.
    case person(OperatorCredentials)
    /// The helpdesk service, with the operator it acts for.
    case helpdesk(OperatorCredentials?)

    var origin: ClientOrigin? {
        switch self {
        case .anybody(let origin): origin
        case .person(let credentials): credentials.origin
        case .helpdesk(let credentials): credentials?.origin
        }
    }

    /// Whether 401 means that somebody's token is not good, rather than a password.
    var isSignedIn: Bool {
        switch self {
        case .anybody: false
        case .person, .helpdesk: true
        }
    }
}

/// An answer whose faults are logged where they are found.
private struct CheckedAnswer {
    let answer: AuthAnswer
    let isSignedIn: Bool
    let log: Log

    func value<Value: WireType>(_: Value.Type = Value.self) throws(CallerVerificationError) -> Value {
        try noting { () throws(CallerVerificationError) in try answer.value(Value.self) }
    }

    func json() throws(CallerVerificationError) -> JSON {
        try noting { () throws(CallerVerificationError) in try answer.json() }
    }

    func passedOn() throws(CallerVerificationError) -> AdministrationAnswer {
        try noting { () throws(CallerVerificationError) in try answer.passedOn() }
    }

    func checkSuccess() throws(CallerVerificationError) {
        try noting { () throws(CallerVerificationError) in try answer.checkSuccess() }
    }

    private func noting<Value>(
        _ body: () throws(CallerVerificationError) -> Value
    ) throws(CallerVerificationError) -> Value {
        do {
            return try body()
        } catch .refused(let refusal) where isSignedIn && refusal.status == 401 {
            throw .notSignedIn
        } catch .malformedAnswer(let text) {
            log.error("auth.malformed", ["error": .init(text)])
            throw .malformedAnswer(text)
        }
    }
}

extension CallerAnswer {
    fileprivate func target(in id: VerificationID) -> (path: String, body: JSON) {
        switch self {
        case .question(let question, let answer):
            (AuthPath.questionAnswer.filled(id.text, question.text), .object(["answer": .string(answer)]))
        case .code(let type, let code):
            (type.answerPath.filled(id.text), .object(["code": .string(code)]))
        }
    }
}

extension AuthenticationType {
    /// Types without codes have no path; the authenticator's refuses them like any other wrong code.
    fileprivate var answerPath: PathPattern {
        switch self {
        case .mobile: AuthPath.mobileAnswer
        case .email: AuthPath.emailAnswer
        case .authenticator, .securityQuestions, .linkAccount, .yubiKey, .windowsHello: AuthPath.authenticatorAnswer
        }
    }
}
