import AuthAPI
import Messaging
import Model
import StrictJSON
import Testing

@testable import AuthService

/// What wrong values do: to one verification, to a factor, to an account.
@Suite struct FailureTests {
    private func fail(_ count: Int, _ verification: DeskVerification) async throws {
        for _ in 0..<count {
            let answer = try await verification.answer(.authenticator, "no code")
            try #require(answer.json["ok"] == false)
        }
    }

    /// VS-07
    @Test func `failures stay over verifications and operators, and the fifth in a row locks the factor`() async throws
    {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let pia = try await house.signIn("pia")
        try await fail(2, try await house.start(anna, by: ola))
        try await fail(2, try await house.start(anna, by: ola))
        let verification = try await house.start(anna, by: pia)
        try await fail(1, verification)
        let right = try await verification.answer(.authenticator, house.totp(secret))
        #expect(right.json == .object(["ok": false, "attemptsLeft": 0, "status": "challenged"]))
        #expect(try await verification.state().types.filter(\.isLocked).map(\.type) == [.authenticator])
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'lockout'") == 1)
        let notices = await house.deliver().filter { $0.kind == .factorLocked }.map(\.to)
        #expect(notices.sorted() == ["+15550100101", "anna@example.org"])
        // The lock ends by itself; what was failed before is forgiven with it.
        house.clock.advance(by: .seconds(899))
        let still = try await house.start(anna, by: try await house.signIn("ola"))
        #expect(try await still.answer(.authenticator, house.totp(secret)).summary == "409 auth.type_not_offered")
        house.clock.advance(by: .seconds(1))
        let free = try await house.start(anna, by: try await house.signIn("ola"))
        #expect(try await free.answer(.authenticator, house.totp(secret)).json["ok"] == true)
    }

    @Test func `a locked factor sends no code`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        for _ in 0..<3 { _ = try await verification.answer(.email, wrong(code)) }
        house.clock.advance(by: .seconds(30))
        #expect(try await verification.post("email/code").status == 202)
        let next = try await house.lastCode()
        for _ in 0..<2 { _ = try await verification.answer(.email, wrong(next)) }
        house.clock.advance(by: .seconds(30))
        #expect(try await verification.post("email/code").summary == "409 auth.type_not_offered")
        #expect(try await verification.answer(.email, next).json["ok"] == false)
        try await verification.verify(.mobile)
    }

    @Test func `a right value forgives the failures in a row`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await fail(4, verification)
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["ok"] == true)
        try await fail(4, try await house.start(anna, by: ola))
        #expect(try await house.number("SELECT count(*) FROM audit WHERE kind = 'lockout'") == 0)
    }

    @Test func `a right answer does not forgive another factor`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        try await fail(4, verification)
        try await verification.verify(.mobile)
        let last = try await verification.answer(.authenticator, "no code")
        #expect(last.json["attemptsLeft"] == 0)
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["ok"] == false)
    }

    /// VS-07
    @Test func `the tenth failure in a day ends the verification, and the next needs a supervisor`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        try await fail(5, try await house.start(anna, by: ola))
        house.clock.advance(by: .seconds(900))
        let pia = try await house.signIn("pia")
        try await fail(4, try await house.start(anna, by: pia))
        let verification = try await house.start(anna, by: pia)
        try await verification.verify(.mobile)
        try await verification.verify(.email)
        #expect(try await verification.state().status == .satisfied)
        let tenth = try await verification.answer(verification.started.questions[0].id, "wrong")
        #expect(tenth.json["status"] == "failed")
        #expect(try await verification.redeem().summary == "409 auth.verification_not_open")
        #expect(
            try await verification.answer(.authenticator, house.totp(secret)).summary
                == "409 auth.verification_not_open")
        #expect(try await house.postStart([anna.account], by: pia).summary == "403 policy.supervisor_needed")
        #expect(
            try await house.number("SELECT count(*) FROM audit WHERE reason = 'policy.supervisor_needed'") == 1)
        // Unrestricted operators have no way around it either; they may skip.
        let uma = try await house.signIn("uma")
        #expect(try await house.postStart([anna.account], by: uma).summary == "403 policy.supervisor_needed")
        house.clock.advance(by: .seconds(86_400))
        let later = try await house.signIn("ola")
        #expect(try await house.postStart([anna.account], by: later).status == 201)
    }

    @Test func `a verification fails once what is left cannot be enough`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, "anna@example.org")
        try await house.enrollAuthenticator(anna)
        house.clock.advance(by: .seconds(60))
        let ola = try await house.signIn("ola")
        let verification = try await house.start(anna, by: ola)
        try await fail(4, verification)
        #expect(try await verification.answer(.authenticator, "no code").json["status"] == "failed")
        #expect(try await verification.post("email/code").summary == "409 auth.verification_not_open")
        #expect(try await house.postStart([anna.account], by: ola).summary == "403 policy.too_few_verifiable_types")
    }

    @Test func `failures of one account are not another's`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let ben = try await house.signIn("ben")
        try await house.enroll(ben, .email, "ben@example.org")
        let secret = try await house.enrollAuthenticator(ben)
        house.clock.advance(by: .seconds(60))
        try await fail(5, try await house.start(anna, by: ola))
        let verification = try await house.start(ben, by: ola)
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["ok"] == true)
    }
}
