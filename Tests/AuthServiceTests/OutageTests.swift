import AuthAPI
import Model
import StrictJSON
import Testing
import Web

@testable import AuthService

/// What a part that is down does to the rest: an answer that says so, and nothing done.
@Suite struct OutageTests {
    /// ST-02
    @Test func `while a store does not answer nothing is decided about its people`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await verification.verify(.mobile)
        try await verification.verify(.email)
        house.stores.close()
        let before = try await house.snapshot()
        let answers = [
            await house.send(.get, "/v1/me/enrollments", as: anna),
            await house.send(.get, "/v1/me/questions", as: anna),
            await house.send(.delete, "/v1/me/enrollments/email", as: anna),
            await house.send(.post, "/v1/me/enrollments/email", as: anna, .object(["address": "x@example.org"])),
            await house.send(.post, "/v1/me/enrollments/authenticator", as: anna),
            await house.confirm(anna, .email, "12345678"),
            try await house.postStart([anna.account], by: ola), try await verification.redeem(),
            try await house.desk(.get, "/v1/operators/\(ola.account)/authority", for: ola),
            try await house.desk(.get, "/v1/accounts/\(anna.account)/enrollments", for: ola),
            await house.refresh(anna.refreshToken),
        ]
        for answer in answers {
            #expect(answer.summary == "503 auth.store_unavailable")
            #expect(answer.header("Retry-After") == "5")
        }
        #expect(try await house.snapshot() == before)
    }

    /// ST-02
    @Test func `without its database the service says so at every row`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        let service = try house.serviceToken()
        house.database.close()
        for row in house.router.routes where row.access != .anybody {
            let token = row.access == .service ? service : ola.accessToken
            var headers = [("Authorization", "Bearer \(token)")]
            if row.access == .service { headers.append((AuthNames.operatorHeader, ola.accessToken)) }
            let answer = await house.send(row.method, filled(row.pattern), headers: headers)
            #expect(answer.summary == "503 auth.database_unavailable", "\(row.operation)")
            #expect(answer.header("Retry-After") == "2")
        }
        #expect(await house.postSignIn("anna").summary == "503 auth.database_unavailable")
        #expect(await house.send(.get, "/readyz", as: nil).status == 503)
        #expect(await house.send(.get, "/healthz", as: nil).status == 200)
    }

    /// AU-02
    @Test func `without its history row no act takes place`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let satisfied = try await house.start(anna, by: ola)
        try await satisfied.verify(.mobile)
        try await satisfied.verify(.email)
        #expect(
            await house.send(.post, "/v1/me/enrollments/email", as: anna, .object(["address": "n@example.org"])).status
                == 202)
        let code = try await house.lastCode()
        try await house.database.write { _ = try $0.execute("UPDATE audit_head SET service = 'somebody else'") }
        let before = try await house.snapshot()
        let question = satisfied.started.questions[0].id
        let answers = [
            try await house.postStart([anna.account], by: ola), try await satisfied.redeem(),
            try await satisfied.answer(.authenticator, house.totp(secret)),
            try await satisfied.answer(question, TestHouse.answer(to: question)),
            await house.confirm(anna, .email, code), await house.send(.delete, "/v1/me/enrollments/mobile", as: anna),
            await house.send(.delete, "/v1/sessions/current", as: anna),
        ]
        for answer in answers { #expect(answer.summary == "500 internal") }
        #expect(try await house.snapshot() == before)
    }
}
