import Audit
import Model
import StrictJSON
import Testing

@testable import AuthService

@Suite struct SessionTests {
    private func isAlive(_ person: SignedIn, _ house: TestHouse) async -> Bool {
        await house.send(.get, "/v1/me/enrollments", as: person).status == 200
    }

    @Test func `a refresh token buys the next pair once`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let second = await house.refresh(anna.refreshToken)
        #expect(second.status == 200)
        #expect(second.json["session"]?.stringValue == anna.session.text)
        let next = try required(second.json["refreshToken"]?.stringValue)
        #expect(next != anna.refreshToken)
        #expect(await house.refresh(next).status == 200)
    }

    /// RFC 9700 §4.14.2; every earlier token, however long ago it was spent.
    @Test(arguments: [1, 2, 5]) func `a refresh token used again ends the session`(generations: Int) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        var newest = anna.refreshToken
        for _ in 0..<generations {
            newest = try required(await house.refresh(newest).json["refreshToken"]?.stringValue)
        }
        #expect(await house.refresh(anna.refreshToken).summary == "401 auth.not_signed_in")
        #expect(await house.refresh(newest).summary == "401 auth.not_signed_in")
        #expect(await !isAlive(anna, house))
        let ends = "SELECT count(*) FROM audit WHERE kind = 'signOut' AND reason = 'refreshTokenReused'"
        #expect(try await house.number(ends) == 1)
        _ = await house.refresh(anna.refreshToken)
        #expect(try await house.number(ends) == 1)
    }

    @Test func `of many uses of one refresh token at most one is served`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let answers = await inParallel(20) { _ in await house.refresh(anna.refreshToken).status }
        #expect(answers.count { $0 == 200 } == 1)
    }

    @Test func `a refresh while the store does not answer costs nothing`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let broken = try await house.run(stores: .init([]))
        #expect(await broken.refresh(anna.refreshToken).code == "auth.not_signed_in")
        #expect(await house.refresh(anna.refreshToken).status == 200)
    }

    @Test func `a session idles out`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        house.clock.advance(by: .seconds(899))
        let refreshed = await house.refresh(anna.refreshToken)
        #expect(refreshed.status == 200)
        house.clock.advance(by: .seconds(900))
        let next = try required(refreshed.json["refreshToken"]?.stringValue)
        #expect(await house.refresh(next).summary == "401 auth.not_signed_in")
    }

    @Test func `a session in use lives on until its absolute end`() async throws {
        let house = try await TestHouse.open()
        let start = house.clock.now()
        var token = try await house.signIn("anna").refreshToken
        while house.clock.now() - start < .seconds(28_800 - 600) {
            house.clock.advance(by: .seconds(600))
            token = try required(await house.refresh(token).json["refreshToken"]?.stringValue, "a live session")
        }
        house.clock.set(start + .seconds(28_800))
        #expect(await house.refresh(token).summary == "401 auth.not_signed_in")
    }

    @Test func `use of the access token keeps a session from idling out`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        house.clock.advance(by: .seconds(500))
        #expect(await isAlive(anna, house))
        house.clock.advance(by: .seconds(600))
        #expect(await house.refresh(anna.refreshToken).status == 200)
    }

    /// OP-01
    @Test func `sign-out ends everything at once`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(await house.send(.delete, "/v1/sessions/current", as: ola).status == 204)
        #expect(await house.send(.delete, "/v1/sessions/current", as: ola).status == 401)
        #expect(try await verification.post("mobile/code").summary == "401 auth.not_signed_in")
        #expect(await house.refresh(ola.refreshToken).summary == "401 auth.not_signed_in")
        let again = try await house.signIn("ola")
        let other = DeskVerification(
            house: house, operator: again, id: verification.id, started: verification.started)
        #expect(try await other.post("mobile/code").summary == "404 auth.verification_not_found")
    }

    /// OP-01
    @Test func `a role lost since ends what a session may do`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        let path = "/v1/operators/\(ola.account)/authority"
        #expect(try await house.desk(.get, path, for: ola).json["role"] == "helpdesk")
        let later = try await house.run(roles: TestRoles.all.filter { $0.criteria != .group("helpdesk") })
        let now = try await later.desk(.get, path, for: ola)
        #expect(now.json["role"] == "user")
        #expect(now.json["permissions"] == [])
        let anna = try await house.account("anna")
        #expect(try await later.postStart([anna], by: ola).summary == "403 policy.permission_missing")
        let without = try await house.run(roles: [])
        #expect(try await without.desk(.get, path, for: ola).summary == "401 auth.not_signed_in")
        #expect(await without.refresh(ola.refreshToken).summary == "401 auth.not_signed_in")
    }

    @Test func `authority is told to the operator it belongs to`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        let pia = try await house.account("pia")
        #expect(try await house.desk(.get, "/v1/operators/\(pia)/authority", for: ola).status == 401)
        let mine = "/v1/operators/\(ola.account)/authority"
        #expect(try await house.desk(.get, mine + "?store=staff", for: ola).status == 200)
        #expect(
            try await house.desk(.get, mine + "?store=elsewhere", for: ola).summary == "403 policy.store_out_of_scope")
        #expect(try await house.desk(.get, mine + "?store=a/b", for: ola).code == "web.invalid_query")
    }
}
