import Model
import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService

/// Configuration changes take a proof of the last minutes that the right person sits there.
@Suite struct StepUpTests {
    private func stepUp(
        _ house: TestHouse, _ person: SignedIn, password: String = TestHouse.password
    ) async -> Response {
        await house.send(
            .post, "/v1/sessions/current/step-up", as: person, .object(["password": .string(password)]))
    }

    private func link(_ house: TestHouse, _ person: SignedIn) async throws -> Response {
        await house.send(
            .post, "/v1/admin/links", as: person,
            .object([
                "master": .string(try await house.account("anna").text),
                "account": .string(try await house.account("anna.b", store: "contractors").text),
            ]))
    }

    /// OP-01
    @Test func `a step-up is good for five minutes, in its own session`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.signIn("ada")
        let elsewhere = try await house.signIn("ada")
        #expect(try await link(house, ada).summary == "403 auth.step_up_required")
        let done = await stepUp(house, ada)
        #expect(done.status == 200)
        #expect(done.json["until"] == .string((house.clock.now() + .seconds(300)).rfc3339))
        #expect(try await link(house, elsewhere).summary == "403 auth.step_up_required")
        #expect(try await link(house, ada).status == 201)
        house.clock.advance(by: .seconds(299))
        #expect(try await link(house, ada).status == 200)
        house.clock.advance(by: .seconds(1))
        #expect(try await link(house, ada).summary == "403 auth.step_up_required")
        #expect(await stepUp(house, ada).status == 200)
        #expect(try await link(house, ada).status == 200)
    }

    /// RL-01
    @Test func `a wrong password proves nothing, and is counted like a sign-in`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.signIn("ada")
        for _ in 0..<2 {
            #expect(await stepUp(house, ada, password: "wrong").summary == "403 auth.step_up_rejected")
        }
        #expect(try await link(house, ada).summary == "403 auth.step_up_required")
        let most = house.limits[SecurityLimits.signInsPerLogin]
        for _ in 0..<(most - 3) { _ = await stepUp(house, ada, password: "wrong") }
        let refused = await stepUp(house, ada)
        #expect(refused.summary == "429 auth.too_many_attempts")
        #expect(refused.header("Retry-After") == "600")
    }

    /// OP-01, AU-01
    @Test func `a step-up is on record, and ends with its session`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.signIn("ada")
        #expect(await stepUp(house, ada).status == 200)
        let rows = try await house.number("SELECT count(*) FROM audit WHERE kind = 'signIn' AND action = 'stepUp'")
        #expect(rows == 1)
        _ = await house.send(.delete, "/v1/sessions/current", as: ada)
        #expect(try await link(house, ada).summary == "401 auth.not_signed_in")
        #expect(await stepUp(house, ada).summary == "401 auth.not_signed_in")
    }

    /// OP-02
    @Test(arguments: ["anna", "sam", "ola", "uma", "ada"])
    func `administration is for those who manage the configuration`(login: String) async throws {
        let house = try await TestHouse.open()
        let person = try await house.signIn(login)
        #expect(await stepUp(house, person).status == 200)
        let rows = house.router.routes.filter { $0.pattern.hasPrefix("/v1/admin/") }
        #expect(rows.count == 14)
        for row in rows {
            let body: JSON? = row.method.takesBody ? .object([]) : nil
            let answer = await house.send(row.method, filled(row.pattern), as: person, body)
            let isRefused = answer.summary == "403 policy.permission_missing"
            #expect(isRefused == (login != "ada"), "\(row.operation): \(answer.summary)")
        }
    }
}
