import AuthAPI
import Crypto
import Model
import SQL
import StrictJSON
import Testing

@testable import AuthService

/// The code of a caller's authenticator.
@Suite struct AuthenticatorVerificationTests {
    /// TP-02
    @Test func `this step and the one before are taken, no other`() async throws {
        for (offset, isRight) in [(-2, false), (-1, true), (0, true), (1, false)] as [(Int64, Bool)] {
            let house = try await TestHouse.open()
            let (anna, ola, secret) = try await house.enrolledAnna()
            let verification = try await house.start(anna, by: ola)
            let code = house.totp(secret, steps: offset)
            #expect(try await verification.answer(.authenticator, code).json["ok"] == .bool(isRight), "\(offset)")
        }
    }

    /// TP-02
    @Test func `a step is taken once, and none before it`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let first = try await house.start(anna, by: ola)
        #expect(try await first.answer(.authenticator, house.totp(secret)).json["ok"] == true)
        for steps in [0, -1] as [Int64] {
            let again = try await house.start(anna, by: ola)
            #expect(try await again.answer(.authenticator, house.totp(secret, steps: steps)).json["ok"] == false)
        }
    }

    /// TP-02, CR-01
    @Test func `the step stays taken when the database is opened anew`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let first = try await house.start(anna, by: ola)
        #expect(try await first.answer(.authenticator, house.totp(secret)).json["ok"] == true)
        house.database.close()
        let later = try await house.run(database: try SQLiteDatabase(path: house.folder.file("auth.db")))
        for steps in [0, -1] as [Int64] {
            let again = try await later.start(anna, by: ola)
            #expect(try await again.answer(.authenticator, later.totp(secret, steps: steps)).json["ok"] == false)
        }
        house.clock.advance(by: .seconds(30))
        let next = try await later.start(anna, by: ola)
        #expect(try await next.answer(.authenticator, later.totp(secret)).json["ok"] == true)
    }

    /// AC-03, TP-02
    @Test func `of 50 posts of one code one succeeds`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let code = house.totp(secret)
        let answers = try await inParallel(50) { _ in try await verification.answer(.authenticator, code) }
        #expect(answers.count { $0.json["ok"] == true } == 1)
        #expect(answers.count { $0.summary == "409 auth.already_verified" } == 49)
    }

    /// TP-02; two services on one database.
    @Test func `of 50 posts to two replicas one succeeds`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, secret) = try await house.enrolledAnna()
        let other = try await house.run(database: try SQLiteDatabase(path: house.folder.file("auth.db")))
        let verification = try await house.start(anna, by: ola)
        let code = house.totp(secret)
        let answers = try await inParallel(50) { index in
            let desk = DeskVerification(
                house: index.isMultiple(of: 2) ? house : other, operator: ola, id: verification.id,
                started: verification.started)
            return try await desk.answer(.authenticator, code)
        }
        #expect(answers.count { $0.json["ok"] == true } == 1)
        #expect(answers.allSatisfy { $0.json["ok"] == true || $0.summary == "409 auth.already_verified" })
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "12 345", "１２３４５６", "+12345", "-12345", "0x1234"])
    func `what is no code is wrong, or refused`(code: String) async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let answer = try await verification.answer(.authenticator, code)
        #expect(answer.json["ok"] == false || answer.summary == "400 web.invalid_body")
    }
}
