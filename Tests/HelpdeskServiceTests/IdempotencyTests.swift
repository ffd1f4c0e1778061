import Audit
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// Once for each key (CR-03), once for each proof (VS-09).
@Suite struct IdempotencyTests {
    /// CR-03
    @Test(arguments: HelpdeskAction.allCases)
    func `an act needs a key`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let body = try house.act(action, on: ["anna"])
        let missing = await house.send(.post, try house.path(action, "anna"), as: ola, body)
        #expect(missing.status == 400)
        #expect(missing.code == "web.idempotency_key_required")
    }

    /// CR-03, PW-03
    @Test func `a repetition gets the stored answer without the password`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let body = try house.act(.resetPassword, on: ["anna"], verification: verification)
        let path = try house.path(.resetPassword, "anna")
        let first = await house.send(.post, path, as: ola, body, key: "1")
        let again = await house.send(.post, path, as: ola, body, key: "1")
        #expect(first.body["password"] != nil)
        #expect(again.status == 200)
        #expect(again.body["password"] == nil)
        #expect(again.operation == first.operation)
        #expect(again.outcomes == ["done"])
        #expect(house.writes.count == 1)
        guard case .object(let members) = body else { return }
        let reordered = await house.send(.post, path, as: ola, .object(members.reversed()), key: "1")
        #expect(reordered.operation == first.operation, "the order of members says nothing")
    }

    /// CR-03
    @Test func `a key belongs to one request`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        _ = try await house.perform(.unlockAccount, by: ola, key: "1")
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        let otherBody = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
        #expect(otherBody.status == 422)
        #expect(otherBody.code == "helpdesk.idempotency_key_reused")
        let otherPath = await house.send(
            .post, try house.path(.unlockAccount, "cora"), as: ola,
            try house.act(.unlockAccount, on: ["cora"]), key: "1")
        #expect(otherPath.code == "helpdesk.idempotency_key_reused")
        let pia = try house.signIn("pia")
        let somebodyElse = try await house.perform(.unlockAccount, by: pia, key: "1")
        #expect(somebodyElse.outcomes == ["done"], "keys of two operators have nothing to do with each other")
    }

    /// CR-03
    @Test func `50 parallel posts of one key have one effect`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let body = try house.act(.resetPassword, on: ["anna"], verification: verification)
        let path = try house.path(.resetPassword, "anna")
        let answers = await parallel(50) { _ in await house.send(.post, path, as: ola, body, key: "same") }
        #expect(house.writes.count == 1)
        #expect(answers.count { $0.body["password"] != nil } == 1)
        #expect(answers.allSatisfy { $0.status == 200 || $0.code == "helpdesk.operation_in_progress" }, "\(answers)")
        #expect(Set(answers.compactMap(\.operation)).count == 1)
        #expect(await house.delivered().count { $0.hasPrefix("passwordReset") } == 3)
        #expect(try await house.history(.reset).count == 1)
    }

    /// VS-09
    @Test func `50 parallel posts of one proof have one effect`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        let body = try house.act(.unlockAccount, on: ["anna"], verification: verification)
        let path = try house.path(.unlockAccount, "anna")
        let answers = await parallel(50) { index in
            await house.send(.post, path, as: ola, body, key: "key-\(index)")
        }
        #expect(house.writes.count == 1)
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.code == "auth.proof_redeemed" } == 49, "\(answers)")
        #expect(await house.delivered().count == 3)
    }

    /// CR-03
    @Test func `a clear no of the auth service is the answer for good`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let started = await house.send(
            .post, "/v1/users/\(try house.id("anna"))/verifications", as: ola, ["action": "unlockAccount"])
        let id = try required(started.body["id"]?.stringValue.flatMap { VerificationID($0) })
        let body = try house.act(.unlockAccount, on: ["anna"], verification: id)
        let path = try house.path(.unlockAccount, "anna")
        let first = await house.send(.post, path, as: ola, body, key: "1")
        #expect(first.code == "auth.verification_not_satisfied")
        await house.send(.post, "/v1/verifications/\(id)/email/answer", as: ola, ["code": "12345678"])
        let again = await house.send(.post, path, as: ola, body, key: "1")
        #expect(again.status == 409)
        #expect(again.code == "auth.verification_not_satisfied")
        #expect(again.response.header("Content-Type") == "application/problem+json")
        #expect(house.auth.change { $0.redemptions } == 1)
        #expect(house.writes.isEmpty)
        let other = await house.send(.post, path, as: ola, body, key: "2")
        #expect(other.outcomes == ["done"])
    }

    /// ST-02, VS-09
    @Test func `a proof that was lost on the way is asked for again with the same key`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let body = try house.act(.resetPassword, on: ["anna"], verification: verification)
        let path = try house.path(.resetPassword, "anna")
        house.auth.change { $0.lostRedemptions = 1 }
        let lost = await house.send(.post, path, as: ola, body, key: "1")
        #expect(lost.status == 503)
        #expect(lost.code == "helpdesk.auth_unavailable")
        #expect(lost.response.header("Retry-After") != nil)
        #expect(house.writes.isEmpty)
        #expect(await house.delivered().isEmpty)
        let elsewhere = await house.send(.post, path, as: ola, body, key: "2")
        #expect(elsewhere.code == "auth.proof_redeemed", "another key is another operation")
        let again = await house.send(.post, path, as: ola, body, key: "1")
        #expect(again.outcomes == ["done"], "\(again)")
        #expect(again.body["password"] != nil)
        #expect(house.writes.count == 1)
    }

    private func parallel(
        _ count: Int, _ body: @escaping @Sendable (Int) async -> TestAnswer
    ) async -> [TestAnswer] {
        await withTaskGroup(of: TestAnswer.self) { group in
            for index in 0..<count { group.addTask { await body(index) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
