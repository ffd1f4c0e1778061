import AuthAPI
import Crypto
import Model
import StrictJSON

/// What the helpdesk service asks of the auth service. Every call can end in any ``CallerVerificationError``.
public protocol CallerVerification: Sendable {
    /// Opens a session with the directory password.
    func signIn(
        _ request: SignInRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant
    /// A new access token for a refresh token.
    func refresh(
        _ request: RefreshRequest, from origin: ClientOrigin
    ) async throws(CallerVerificationError) -> SessionGrant
    /// Ends the operator's session.
    func signOut(_ credentials: OperatorCredentials) async throws(CallerVerificationError)

    /// Whether the operator's session is alive, and what the operator may do right now (OP-01).
    func authority(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> OperatorAuthority
    /// What an account's person is enrolled with, and which accounts are theirs.
    func enrollments(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AccountEnrollments
    /// The addresses an account's person has enrolled, in full.
    func contacts(
        of account: AccountID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> [Contact]

    /// Removes what an account's person is enrolled with. The same key does it once (CR-03).
    func unenroll(
        _ account: AccountID, _ request: UnenrollmentRequest, key: String, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Unenrollment

    /// What waits for a second person in the operator's stores.
    func approvals(_ credentials: OperatorCredentials) async throws(CallerVerificationError) -> ApprovalList
    /// Says yes or no, as the second person.
    func decide(
        _ approval: ApprovalID, _ decision: ApprovalDecision, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Approval

    /// Passes on what an administrator asks for. The auth service decides it; its answer is not looked into.
    func administer(
        _ call: AdministrationCall, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AdministrationAnswer

    /// What the auth service knows about an act nobody has begun, for an administrator.
    func explain(
        _ action: HelpdeskAction, by operatorAccount: AccountID, on user: AccountID,
        _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> ActFacts

    /// Starts to prove a caller.
    func startVerification(
        _ request: VerificationStart, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState
    /// Where a verification of this operator stands.
    func verification(
        _ id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> VerificationState
    /// Sends a code to the enrolled number (`mobile`) or address (`email`).
    func sendCode(
        _ type: AuthenticationType, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CodeSending
    /// Checks what the caller said.
    func check(
        _ answer: CallerAnswer, in id: VerificationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> CheckResult
    /// Spends a satisfied verification on an operation. The same operation gets the same proof again (VS-09).
    func redeem(
        _ id: VerificationID, for operation: OperationID, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> RedeemedProof

    /// What people may enroll, each by their own role; at most ``EnabledTypesQuestion/maximum`` accounts.
    func enabledTypes(
        of accounts: [AccountID]
    ) async throws(CallerVerificationError) -> [AccountID: Set<AuthenticationType>]

    /// The event feed after a number, in order.
    func events(after sequence: Int64, limit: Int) async throws(CallerVerificationError) -> EventPage
    /// The public keys that tokens and proofs are signed with.
    func keySet() async throws(CallerVerificationError) -> VerificationKeySet
}

/// What an administrator asks of the auth service by way of this one.
public struct AdministrationCall: Sendable, Equatable {
    /// The method.
    public let method: String
    /// The path, with its ids filled in.
    public let path: String
    /// The body, where there is one.
    public let body: JSON?
    /// The state the change is made for (`If-Match`).
    public let tag: String?

    /// Makes it of its parts.
    public init(_ method: String, _ path: String, body: JSON? = nil, tag: String? = nil) {
        self.method = method
        self.path = path
        self.body = body
        self.tag = tag
    }
}

/// What the auth service answered an administrator.
public struct AdministrationAnswer: Sendable, Equatable {
    /// The status, a success.
    public let status: Int
    /// The body, where there is one.
    public let body: JSON?
    /// The state of what was read or written (`ETag`).
    public let tag: String?

    /// Makes it of its parts.
    public init(status: Int, body: JSON?, tag: String?) {
        self.status = status
        self.body = body
        self.tag = tag
    }
}

/// What a caller said, for the auth service to check.
public enum CallerAnswer: Sendable {
    /// The answer to a security question.
    case question(QuestionID, answer: String)
    /// The code sent to a number or address, or the one an authenticator shows.
    case code(AuthenticationType, code: String)
}

/// A code is on its way.
public struct CodeSending: WireType {
    /// The type it was sent for.
    public let type: AuthenticationType
    /// How far it has come: `codeSent`.
    public let status: String

    /// Makes it of its parts.
    public init(type: AuthenticationType, status: String) {
        self.type = type
        self.status = status
    }

    /// As it travels.
    public var json: JSON { .object(["type": .string(type.rawValue), "status": .string(status)]) }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        type = try reader.parsed("type") { AuthenticationType(rawValue: $0) }
        status = try reader.string("status", length: 1...32)
    }
}

/// A piece of the event feed: rows of the auth service's audit chain, as they stand.
public struct EventPage: WireType {
    /// The service whose chain it is.
    public let service: String
    /// The rows, in order.
    public let events: [JSON]
    /// The number of the last row, or the one asked after.
    public let last: Int64

    /// Makes it of its parts.
    public init(service: String, events: [JSON], last: Int64) {
        self.service = service
        self.events = events
        self.last = last
    }

    /// As it travels.
    public var json: JSON {
        .object(["service": .string(service), "events": .array(events), "last": .integer(last)])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        service = try reader.string("service", length: 1...64)
        guard case .array(let events)? = reader.value("events"), events.count <= 1_000 else {
            throw JSONError(pointer: reader.pointer + "/events", reason: "is not a list of events")
        }
        self.events = events
        last = try reader.integer("last", in: 0...Int64.max)
    }
}
