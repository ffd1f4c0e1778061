import AuthAPI
import Crypto
import Model
import StrictJSON
import Testing
import Web

@testable import AuthService
@testable import Messaging

/// One verification on its operator's desk.
struct DeskVerification: Sendable {
    let house: TestHouse
    let `operator`: SignedIn
    let id: VerificationID
    let started: VerificationState

    func post(_ path: String, _ body: JSON? = nil) async throws -> Response {
        try await house.desk(.post, "/v1/verifications/\(id)/\(path)", for: `operator`, body)
    }

    func state() async throws -> VerificationState {
        try VerificationState(bytes: try await house.desk(.get, "/v1/verifications/\(id)", for: `operator`).body)
    }

    func answer(_ type: AuthenticationType, _ code: String) async throws -> Response {
        try await post("\(type.rawValue)/answer", .object(["code": .string(code)]))
    }

    func answer(_ question: QuestionID, _ text: String) async throws -> Response {
        try await post("questions/\(question)/answer", .object(["answer": .string(text)]))
    }

    func redeem(_ operation: String = "operation-1") async throws -> Response {
        try await post("redemption", .object(["operation": .string(operation)]))
    }

    /// The same with a new access token of its operator.
    func renewed() async throws -> DeskVerification {
        DeskVerification(house: house, operator: try await house.renewed(`operator`), id: id, started: started)
    }

    /// Has a code sent and answers it, as the caller reads it out.
    func verify(_ type: AuthenticationType) async throws {
        let sent = try await post("\(type.rawValue)/code")
        try #require(sent.status == 202, "\(sent.summary)")
        let result = try await answer(type, house.lastCode())
        try #require(result.json["ok"] == true, "\(result.summary)")
    }

    /// Answers as many questions as it takes, right.
    func verifyQuestions() async throws {
        for question in started.questions.prefix(started.questionsNeeded) {
            let result = try await answer(question.id, TestHouse.answer(to: question.id))
            try #require(result.json["ok"] == true, "\(result.summary)")
        }
    }
}

extension TestHouse {
    /// What a person answers to a question.
    static func answer(to question: QuestionID) -> String { "Crème brûlée \(question.text)" }

    /// Delivers what waits in the outbox.
    func deliver() async -> [RenderedMessage] {
        await worker.drain()
        return messages.withLock { $0 }
    }

    /// The code in the last message that has one.
    func lastCode() async throws -> String {
        let texts = await deliver().filter { $0.kind == .accessCode || $0.kind == .enrollmentCode }.map(\.text)
        return try required(texts.last.flatMap(codeIn), "a code")
    }

    /// Enrolls an address with the code that was sent there.
    func enroll(_ person: SignedIn, _ type: AuthenticationType, _ address: String) async throws {
        let name = type == .mobile ? "number" : "address"
        let start = await send(
            .post, "/v1/me/enrollments/\(type.rawValue)", as: person,
            .object([JSONMember(name: name, value: .string(address))]))
        try #require(start.status == 202, "\(start.summary)")
        let confirmed = await confirm(person, type, try await lastCode())
        try #require(confirmed.status == 204, "\(confirmed.summary)")
    }

    func confirm(_ person: SignedIn, _ type: AuthenticationType, _ code: String) async -> Response {
        await send(
            .post, "/v1/me/enrollments/\(type.rawValue)/confirmation", as: person, .object(["code": .string(code)]))
    }

    /// Enrolls an authenticator with the code of this moment's step, and answers its secret.
    @discardableResult
    func enrollAuthenticator(_ person: SignedIn) async throws -> Secret {
        let start = await send(.post, "/v1/me/enrollments/authenticator", as: person)
        let secret = Secret(try required(Base32.decode(start.json["secret"]?.stringValue ?? "")))
        let confirmed = await confirm(person, .authenticator, totp(secret))
        try #require(confirmed.status == 204, "\(confirmed.summary)")
        return secret
    }

    /// The authenticator's code of this moment, or of a step before or after.
    func totp(_ secret: Secret, steps: Int64 = 0) -> String {
        TOTP.value(secret: secret, step: TOTP.step(at: clock.now()) + steps)
    }

    /// Enrolls the first questions of the pool.
    func enrollQuestions(_ person: SignedIn, count: Int = 4) async throws {
        let answers = questions.all.prefix(count).map { question -> JSON in
            .object(["question": .string(question.id.text), "answer": .string(Self.answer(to: question.id))])
        }
        let response = await putQuestions(person, Array(answers))
        try #require(response.status == 204, "\(response.summary)")
    }

    func putQuestions(_ person: SignedIn, _ answers: [JSON]) async -> Response {
        await send(.put, "/v1/me/enrollments/securityQuestions", as: person, .object(["answers": .array(answers)]))
    }

    func postStart(
        _ accounts: [AccountID], _ action: HelpdeskAction = .resetPassword, by operator: SignedIn
    ) async throws -> Response {
        try await desk(
            .post, "/v1/verifications", for: `operator`, VerificationStart(accounts: accounts, action: action).json)
    }

    /// Makes two accounts one person's, as the import does.
    func link(_ account: AccountID, to master: AccountID) async throws {
        let now = clock.now()
        try await database.write { transaction in
            _ = try LinkStore.link(account, to: master, at: now, transaction)
        }
    }

    /// Starts a verification; expects it to work.
    func start(
        _ accounts: [AccountID], _ action: HelpdeskAction = .resetPassword, by operator: SignedIn
    ) async throws -> DeskVerification {
        let response = try await postStart(accounts, action, by: `operator`)
        try #require(response.status == 201, "\(response.summary)")
        let state = try VerificationState(bytes: response.body)
        return DeskVerification(house: self, operator: `operator`, id: state.id, started: state)
    }

    func start(_ person: SignedIn, by operator: SignedIn) async throws -> DeskVerification {
        try await start([person.account], by: `operator`)
    }

    /// Anna, enrolled with mobile, email, questions and an authenticator, and Ola at the desk. Enrolling took an hour.
    func enrolledAnna() async throws -> (anna: SignedIn, ola: SignedIn, secret: Secret) {
        let anna = try await signIn("anna")
        try await enroll(anna, .mobile, "+15550100101")
        try await enroll(anna, .email, "anna@example.org")
        try await enrollQuestions(anna)
        let secret = try await enrollAuthenticator(anna)
        clock.advance(by: .seconds(3_600))
        return (try await signIn("anna"), try await signIn("ola"), secret)
    }
}

/// The first run of eight digits.
func codeIn(_ text: String) -> String? {
    let runs = text.split { !("0"..."9").contains($0) }
    return runs.first { $0.utf8.count == 8 }.map(String.init)
}
