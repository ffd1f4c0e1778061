import Audit
import AuthAPI
import AuthClient
import Crypto
import Directory
import Messaging
import Model
import Platform
import SQL
import StrictJSON
import TestSupport
import Testing
import Web

@testable import HelpdeskService
@testable import Messaging

/// An operator with a token.
struct TestOperator: Sendable {
    let account: AccountID
    let session: SessionID
    let token: String
}

/// An answer, taken apart.
struct TestAnswer: Sendable, CustomStringConvertible {
    let status: Int
    let body: JSON
    let response: Response

    init(_ response: Response) {
        self.response = response
        status = response.status
        body = (try? JSON.parse(response.body)) ?? .null
    }

    var code: String? { body["code"]?.stringValue }
    var operation: OperationID? { body["operation"]?.stringValue.flatMap { OperationID($0) } }
    var outcomes: [String] { body["results"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue } ?? [] }
    var reasons: [String] { body["results"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? [] }
    var description: String { "\(status) \(String(decoding: response.body, as: UTF8.self))" }
}

extension TestDesk {
    func id(_ login: String) throws -> AccountID { try required(people[login], login) }
    func store(_ name: String) throws -> RecordingStore { try required(stores.first { $0.id.text == name }) }

    /// Writes that reached the directories.
    var writes: [String] { stores.flatMap { $0.script.withLock { $0.writes } } }

    /// An operator with a new session.
    func signIn(_ login: String = "ola") throws -> TestOperator {
        let session: SessionID = SystemRandom().identifier()
        let account = try id(login)
        return TestOperator(
            account: account, session: session, token: try auth.accessToken(of: account, session: session))
    }

    /// Changes what an operator may do.
    func desk(_ login: String = "ola", _ change: (inout ScriptedAuth.Desk) -> Void) throws {
        let account = try id(login)
        auth.change { change(&$0.desks[account, default: ScriptedAuth.Desk()]) }
    }

    /// Gives an operator a policy made from the standard one.
    func policy(_ policy: HelpdeskPolicy, of login: String = "ola") throws {
        try desk(login) { $0.policy = policy }
    }

    @discardableResult
    func send(
        _ method: Web.Method, _ path: String, as person: TestOperator?, _ body: JSON? = nil, key: String? = nil
    ) async -> TestAnswer {
        var headers: [(String, String)] = [("User-Agent", "console/1")]
        if let person { headers.append(("Authorization", "Bearer \(person.token)")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if let key { headers.append(("Idempotency-Key", key)) }
        let request = Request(
            method, path, headers: Headers(headers), body: body?.serialized() ?? [], from: "192.0.2.7")
        return TestAnswer(await whole(router.respond(to: request)))
    }

    /// The answer with its body, also where that is made while it is sent; 599 where it broke off.
    private func whole(_ response: Response) async -> Response {
        guard let stream = response.stream else { return response }
        let pipe = BodyPipe(wake: {})
        let maker = Task {
            do {
                try await stream.produce(pipe)
                pipe.finish()
            } catch {
                pipe.breakOff()
            }
        }
        var (bytes, status): ([UInt8], Int?) = ([], nil)
        while status == nil {
            switch pipe.take(upTo: 65_536, wait: {}) {
            case .bytes(let piece): bytes += piece
            case .waiting: await Task.yield()
            case .end: status = response.status
            case .broken: status = 599
            }
        }
        await maker.value
        return Response(status: status ?? 599, headers: response.headers, body: bytes)
    }

    /// A satisfied verification of a user, for an action.
    func verified(
        _ login: String, for action: HelpdeskAction, by person: TestOperator
    ) async throws -> VerificationID {
        let started = await send(
            .post, "/v1/users/\(try id(login))/verifications", as: person, ["action": .string(action.rawValue)])
        let id = try required(started.body["id"]?.stringValue.flatMap { VerificationID($0) }, "\(started)")
        let checked = await send(
            .post, "/v1/verifications/\(id)/email/answer", as: person, ["code": "12345678"])
        #expect(checked.body["status"] == "satisfied", "\(checked)")
        return id
    }

    /// The body of a reset or unlock.
    func act(
        _ action: HelpdeskAction, on logins: [String], verification: VerificationID? = nil, reason: String? = nil,
        deliver: JSON? = nil
    ) throws -> JSON {
        let isReset = action == .resetPassword
        return .object([
            "accounts": .array(try logins.map { .string(try id($0).text) }),
            "verification": verification.map { .string($0.text) }, "reason": reason.map(JSON.string),
            "method": isReset ? "newPassword" : nil, "generate": isReset ? true : nil, "deliver": deliver,
        ])
    }

    func path(_ action: HelpdeskAction, _ login: String) throws -> String {
        "/v1/users/\(try id(login))/" + (action == .resetPassword ? "password-resets" : "unlocks")
    }

    /// A whole act: verified where asked, carried out with a key of its own.
    func perform(
        _ action: HelpdeskAction, on logins: [String] = ["anna"], by person: TestOperator,
        verified isVerified: Bool = true,
        key: String = "key"
    ) async throws -> TestAnswer {
        let verification = isVerified ? try await verified(logins[0], for: action, by: person) : nil
        return await send(
            .post, try path(action, logins[0]), as: person, try act(action, on: logins, verification: verification),
            key: key)
    }

    /// Delivers what is waiting and answers the kinds of everything delivered so far, sorted.
    func delivered() async -> [String] {
        await worker.drain()
        return messages.withLock { $0.map { "\($0.kind.rawValue) \($0.to)" } }.sorted()
    }

    /// The history, oldest first.
    func history() async throws -> [AuditRecord] {
        try await database.read { try AuditReader.records(after: 0, limit: 1_000, $0) }
    }

    /// The rows of one kind.
    func history(_ kind: AuditKind) async throws -> [AuditEvent] {
        try await history().map(\.event).filter { $0.kind == kind }
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    /// The members in the order they are written.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { JSONMember(name: $0.0, value: $0.1) })
    }
}

extension HelpdeskPolicy {
    /// The standard policy with changes.
    static func with(
        mode: Mode = .restricted, container: Container? = nil, methods: Set<ResetMethod> = [.newPassword],
        channels: Set<MessageChannelKind> = [.sms, .email], operatorMaySeePassword: Bool = true,
        directoryAddressesForEnrolled: Bool = false, skipNeedsReason: Bool = false
    ) -> HelpdeskPolicy {
        HelpdeskPolicy(
            mode: mode, requirement: .usersPolicy, minimumQuestions: nil, container: container, methods: methods,
            channels: channels, mustChangeAtNextLogon: true, operatorMaySeePassword: operatorMaySeePassword,
            directoryAddressesForEnrolled: directoryAddressesForEnrolled, skipNeedsReason: skipNeedsReason)
    }
}

extension TestDesk {
    /// The operator as the gate would have let them in.
    func person(_ person: TestOperator) -> SignedIn {
        SignedIn(
            account: person.account, session: person.session,
            credentials: OperatorCredentials(
                accessToken: person.token, origin: ClientOrigin(address: "192.0.2.7", client: nil)))
    }
}
