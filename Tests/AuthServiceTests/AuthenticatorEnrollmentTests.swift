import Crypto
import Model
import StrictJSON
import Testing

@testable import AuthService

@Suite struct AuthenticatorEnrollmentTests {
    private func offer(_ house: TestHouse, _ person: SignedIn) async throws -> Secret {
        let start = await house.send(.post, "/v1/me/enrollments/authenticator", as: person)
        try #require(start.status == 201)
        return Secret(try required(Base32.decode(start.json["secret"]?.stringValue ?? "")))
    }

    private func isEnrolled(_ house: TestHouse, _ person: SignedIn) async throws -> Bool {
        try await house.number("SELECT count(*) FROM enrollments WHERE type = 'authenticator'") == 1
    }

    /// TP-04
    @Test func `an authenticator counts after a right code`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let start = await house.send(.post, "/v1/me/enrollments/authenticator", as: anna)
        let secret = try required(start.json["secret"]?.stringValue)
        let uri = try required(start.json["uri"]?.stringValue)
        #expect(uri.hasPrefix("otpauth://totp/Latchkey:anna?"))
        #expect(uri.contains("secret=\(secret)"))
        #expect(start.json["qrSvg"]?.stringValue?.contains("<svg") == true)
        #expect(try await !isEnrolled(house, anna))
        let bytes = Secret(try required(Base32.decode(secret)))
        #expect(bytes.count == 20)
        #expect(await house.confirm(anna, .authenticator, house.totp(bytes)).status == 204)
        #expect(try await isEnrolled(house, anna))
    }

    /// TP-04
    @Test func `five wrong codes end the attempt`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let secret = try await offer(house, anna)
        for left in [4, 3, 2, 1, 0] {
            let answer = await house.confirm(anna, .authenticator, wrong(house.totp(secret)))
            #expect(answer.summary == "422 auth.code_wrong")
            #expect(answer.json["attemptsLeft"] == .integer(Int64(left)))
        }
        #expect(
            await house.confirm(anna, .authenticator, house.totp(secret)).summary == "409 auth.nothing_to_confirm")
        #expect(try await !isEnrolled(house, anna))
    }

    @Test func `an offer ends after a quarter of an hour, or with the next one`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let first = try await offer(house, anna)
        let second = try await offer(house, anna)
        #expect(await house.confirm(anna, .authenticator, house.totp(first)).summary == "422 auth.code_wrong")
        house.clock.advance(by: .seconds(899))
        _ = await house.send(.get, "/v1/me/enrollments", as: anna)
        house.clock.advance(by: .seconds(1))
        let late = try await house.signIn("anna")
        #expect(
            await house.confirm(late, .authenticator, house.totp(second)).summary == "409 auth.nothing_to_confirm")
    }

    @Test func `a secret is bound to who was offered it`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let ben = try await house.signIn("ben")
        let annas = try await offer(house, anna)
        let bens = try await offer(house, ben)
        #expect(await house.confirm(ben, .authenticator, house.totp(annas)).status == 422)
        #expect(await house.confirm(ben, .authenticator, house.totp(bens)).status == 204)
    }

    /// TP-02
    @Test func `the code that confirmed is spent`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let secret = try await house.enrollAuthenticator(anna)
        try await house.enroll(anna, .email, "anna@example.org")
        let ola = try await house.signIn("ola")
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["ok"] == false)
        house.clock.advance(by: .seconds(30))
        #expect(try await verification.answer(.authenticator, house.totp(secret)).json["ok"] == true)
    }

    /// TP-03
    @Test func `a sealed secret opens for its own account alone`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enrollAuthenticator(anna)
        let sealed = try await house.database.read { connection in
            try connection.query("SELECT sealed FROM enrollments").first?.blob(0) ?? []
        }
        let context = Enrollment.context(anna.account, .authenticator)
        #expect(try house.keyring.open(sealed, context: context).count == 20)
        let ben = try await house.account("ben")
        #expect(throws: CryptoError.self) {
            try house.keyring.open(sealed, context: Enrollment.context(ben, .authenticator))
        }
    }
}
