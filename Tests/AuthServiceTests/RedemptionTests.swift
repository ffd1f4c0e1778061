import AuthAPI
import Crypto
import Model
import StrictJSON
import Testing

@testable import AuthService

/// The proof: once, for one operation, under the policy of the moment.
@Suite struct RedemptionTests {
    private func satisfied(_ house: TestHouse) async throws -> (DeskVerification, anna: SignedIn, secret: Secret) {
        let (anna, ola, secret) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await verification.verify(.mobile)
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["status"] == "satisfied")
        return (verification, anna, secret)
    }

    private func claims(_ response: JSON, _ house: TestHouse) throws -> JSON {
        let token = try required(response["proof"]?.stringValue)
        return try JWT.verify(
            token,
            as: TokenExpectation(
                type: .proof, audience: AuthNames.helpdeskService, issuer: AuthNames.authService),
            keys: { house.collaborators.tokens.verificationKey($0) }, now: house.clock.now())
    }

    /// VS-02, VS-09
    @Test func `the proof names accounts, action, operator, session, operation, verification and types`() async throws {
        let house = try await TestHouse.open()
        let (verification, anna, _) = try await satisfied(house)
        let payload = try claims(try await verification.redeem("operation-7").json, house)
        #expect(payload["sub"]?.stringValue == anna.account.text)
        #expect(payload["aud"] == "latchkey-helpdesk")
        #expect(payload["exp"]?.integerValue == house.clock.now().seconds + 300)
        let own = ["iss", "iat", "exp", "aud", "sub", "jti"]
        let proof = try ProofClaims(
            payload: .object((payload.objectValue ?? []).filter { !own.contains($0.name) }))
        #expect(proof.accounts == [anna.account])
        #expect(proof.action == .resetPassword)
        #expect(proof.operatorAccount == verification.operator.account)
        #expect(proof.session == verification.operator.session)
        #expect(proof.operation.text == "operation-7")
        #expect(proof.verification == verification.id)
        #expect(proof.types == [.mobile, .authenticator])
        #expect(try await house.collaborators.roles.current().version == proof.policyVersion)
    }

    /// VS-09
    @Test func `the same operation gets the same proof, another gets none`() async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        let first = try await verification.redeem("operation-1")
        #expect(try await verification.redeem("operation-1").body == first.body)
        #expect(try await verification.redeem("operation-2").summary == "409 auth.proof_redeemed")
        house.clock.advance(by: .seconds(400))
        #expect(try await verification.redeem("operation-1").body == first.body)
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'proof'") == 1)
    }

    /// VS-09
    @Test func `of 50 redemptions at once for different operations one succeeds`() async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        let answers = try await inParallel(50) { try await verification.redeem("operation-\($0)") }
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.summary == "409 auth.proof_redeemed" } == 49)
    }

    /// VS-09
    @Test func `50 redemptions at once for one operation get one proof`() async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        let answers = try await inParallel(50) { _ in try await verification.redeem() }
        #expect(Set(answers.map(\.body)).count == 1)
        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'proof'") == 1)
    }

    /// VS-06
    @Test(arguments: ["mobile", "authenticator"])
    func `a factor removed since is no longer enough`(type: String) async throws {
        let house = try await TestHouse.open()
        let (verification, anna, _) = try await satisfied(house)
        #expect(await house.send(.delete, "/v1/me/enrollments/\(type)", as: anna).status == 204)
        #expect(try await verification.redeem().summary == "409 auth.requirement_changed")
        let recorded = "SELECT count(*) FROM audit WHERE kind = 'refusal' AND reason = 'requirementChanged'"
        #expect(try await house.number(recorded) == 1)
        #expect(try await verification.state().status == .satisfied)
    }

    /// VS-06
    @Test func `a factor removed and enrolled again since is another one`() async throws {
        let house = try await TestHouse.open()
        let (verification, anna, _) = try await satisfied(house)
        house.clock.advance(by: .seconds(30))
        #expect(await house.send(.delete, "/v1/me/enrollments/mobile", as: anna).status == 204)
        try await house.enroll(anna, .mobile, "+15550100199")
        #expect(try await verification.redeem().summary == "409 auth.requirement_changed")
    }

    /// VS-06
    @Test func `a factor replaced since is another one`() async throws {
        let house = try await TestHouse.open()
        let (verification, anna, _) = try await satisfied(house)
        house.clock.advance(by: .seconds(30))
        try await house.enroll(anna, .mobile, "+15550100199")
        #expect(try await verification.redeem().summary == "409 auth.requirement_changed")
    }

    /// VS-06
    @Test func `a factor locked since does not count`() async throws {
        let house = try await TestHouse.open()
        let (verification, anna, _) = try await satisfied(house)
        let until = house.clock.now() + .seconds(900)
        try await house.database.write { transaction in
            try FailureStore.save(
                FactorFailures(inARow: 0, lockedUntil: until), anna.account, .mobile, transaction)
        }
        #expect(try await verification.redeem().summary == "409 auth.requirement_changed")
    }

    /// VS-06
    @Test(arguments: [
        (TestRoles.with(desk: TestRoles.policy(requirement: .atLeast(3))), "409 auth.requirement_changed"),
        (TestRoles.with(user: TestRoles.authentication(chosen: 3)), "409 auth.requirement_changed"),
        (TestRoles.with(user: TestRoles.authentication(enforced: [.email], chosen: 1)), "409 auth.requirement_changed"),
        (
            TestRoles.with(user: TestRoles.authentication(enabled: [.email, .mobile, .securityQuestions])),
            "409 auth.requirement_changed"
        ),
        (TestRoles.with(desk: TestRoles.policy(minimumQuestions: 1)), "409 auth.requirement_changed"),
        (
            TestRoles.with(desk: TestRoles.policy(container: Container(components: ["Staff", "Paris"]))),
            "403 policy.outside_container"
        ),
        (TestRoles.with(permissions: [.unlockAnyAccount]), "403 policy.permission_missing"),
        (TestRoles.with(scope: [TestRoles.contractors]), "403 policy.store_out_of_scope"),
        (TestRoles.with(desk: TestRoles.policy(requirement: .atLeast(1))), "200"),
        (TestRoles.with(desk: TestRoles.policy(mode: .unrestricted)), "200"),
    ])
    func `the policy of the moment is checked, and the stricter one wins`(roles: [Role], answer: String) async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        let later = try await house.run(roles: roles)
        let desk = DeskVerification(
            house: later, operator: verification.operator, id: verification.id, started: verification.started)
        #expect(try await desk.redeem().summary == answer)
    }

    /// VS-06: a weaker policy since does not make up for what the verification was begun under.
    @Test func `a weaker policy since does not satisfy a verification`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await verification.verify(.mobile)
        let weaker = try await house.run(roles: TestRoles.with(desk: TestRoles.policy(requirement: .anyPossession)))
        let desk = DeskVerification(house: weaker, operator: ola, id: verification.id, started: verification.started)
        #expect(try await desk.redeem().summary == "409 auth.verification_not_satisfied")
    }

    /// VS-06
    @Test func `more right answers are asked for than were given`() async throws {
        func roles(_ least: Int) -> [Role] {
            TestRoles.with(desk: TestRoles.policy(requirement: .atLeast(2), minimumQuestions: least))
        }
        let house = try await TestHouse.open(roles: roles(1))
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await verification.verifyQuestions()
        try await verification.verify(.mobile)
        let stricter = try await house.run(roles: roles(2))
        let desk = DeskVerification(house: stricter, operator: ola, id: verification.id, started: verification.started)
        #expect(try await desk.redeem().summary == "409 auth.requirement_changed")
        let question = verification.started.questions[1].id
        #expect(try await desk.answer(question, TestHouse.answer(to: question)).json["ok"] == true)
        #expect(try await desk.redeem().status == 200)
    }

    @Test func `a verification is its operator's, in the session it was begun in`() async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        for login in ["pia", "ada", "ola"] {
            let other = DeskVerification(
                house: house, operator: try await house.signIn(login), id: verification.id,
                started: verification.started)
            #expect(try await other.redeem().summary == "404 auth.verification_not_found")
            #expect(try await other.answer(.mobile, "12345678").summary == "404 auth.verification_not_found")
        }
    }

    @Test func `an operator gone since gets no proof`() async throws {
        let house = try await TestHouse.open()
        let (verification, _, _) = try await satisfied(house)
        let later = try await house.run(roles: [])
        let desk = DeskVerification(
            house: later, operator: verification.operator, id: verification.id, started: verification.started)
        #expect(try await desk.redeem().summary == "401 auth.not_signed_in")
    }
}
