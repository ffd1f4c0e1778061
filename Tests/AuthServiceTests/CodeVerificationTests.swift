import AuthAPI
import Messaging
import Model
import Platform
import StrictJSON
import Testing

@testable import AuthService

/// Codes sent to a caller.
@Suite struct CodeVerificationTests {
    /// AC-01
    @Test func `codes are digits, each equally likely, leading zeros kept`() {
        let codes = AccessCodes(keyring: testKeyring, random: SystemRandom(), limits: SecurityLimits())
        var counts = [Character: Int]()
        for _ in 0..<2_000 {
            let code = codes.newCode()
            #expect(code.utf8.count == 8)
            for digit in code { counts[digit, default: 0] += 1 }
        }
        #expect(counts.keys.sorted() == Array("0123456789"))
        // 1,600 of each are expected; 5 standard deviations are 190.
        #expect(counts.values.allSatisfy { (1_410...1_790).contains($0) })
    }

    /// AC-06, AC-07
    @Test func `the code goes to the enrolled address and nowhere else`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let sent = try await verification.post("mobile/code")
        let code = try await house.lastCode()
        let message = try required(await house.deliver().last { $0.kind == .accessCode })
        #expect(message.to == "+15550100101")
        #expect(message.text.contains("Not you?") || message.text.contains("did not call"))
        #expect(!String(decoding: sent.body, as: UTF8.self).contains(code))
        let free = try await verification.post("mobile/code", .object(["number": "+15550100199"]))
        #expect(free.summary == "400 web.invalid_body")
    }

    /// AC-05
    @Test func `a code is good for its own verification and channel`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let first = try await house.start(anna, by: ola)
        #expect(try await first.post("email/code").status == 202)
        let code = try await house.lastCode()
        #expect(try await first.answer(.mobile, code).json["ok"] == false)
        let second = try await house.start(anna, by: ola)
        #expect(try await second.answer(.email, code).json["ok"] == false)
        #expect(try await first.answer(.email, code).summary == "409 auth.verification_not_open")
    }

    /// AC-04
    @Test func `a new code kills the old and keeps the count of failures`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("mobile/code").status == 202)
        let old = try await house.lastCode()
        #expect(try await verification.answer(.mobile, wrong(old)).json["attemptsLeft"] == 2)
        #expect(try await verification.answer(.mobile, wrong(old)).json["attemptsLeft"] == 1)
        house.clock.advance(by: .seconds(30))
        #expect(try await verification.post("mobile/code").status == 202)
        let new = try await house.lastCode()
        #expect(try await verification.answer(.mobile, old).json["ok"] == (old == new ? true : false))
        // Three failures in a row are counted: two more lock the factor.
        #expect(try await verification.answer(.mobile, wrong(new)).json["attemptsLeft"] == 1)
        #expect(try await verification.answer(.mobile, new).json["ok"] == true)
    }

    @Test func `the third wrong value ends a code`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        for left in [2, 1, 0] {
            #expect(try await verification.answer(.email, wrong(code)).json["attemptsLeft"] == .integer(Int64(left)))
        }
        let failures = try await house.number("SELECT count(*) FROM failures")
        #expect(try await verification.answer(.email, code).json["ok"] == false)
        // Nothing could have been right, so nothing was counted.
        #expect(try await house.number("SELECT count(*) FROM failures") == failures)
    }

    @Test func `a code is right once`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        #expect(try await verification.answer(.email, code).json["ok"] == true)
        #expect(try await verification.answer(.email, code).summary == "409 auth.already_verified")
        #expect(try await verification.post("email/code").summary == "409 auth.already_verified")
    }

    /// AC-03
    @Test(arguments: [AuthenticationType.mobile, .email])
    func `of 50 posts of one right code one succeeds`(type: AuthenticationType) async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("\(type.rawValue)/code").status == 202)
        let code = try await house.lastCode()
        let answers = try await inParallel(50) { _ in try await verification.answer(type, code) }
        #expect(answers.count { $0.json["ok"] == true } == 1)
        #expect(answers.count { $0.summary == "409 auth.already_verified" } == 49)
    }

    /// AC-03
    @Test func `of 50 guesses at once three are compared`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        let answers = try await inParallel(50) { _ in try await verification.answer(.email, wrong(code)) }
        #expect(answers.allSatisfy { $0.json["ok"] == false })
        #expect(try await house.number("SELECT count(*) FROM failures") == 3)
        #expect(try await verification.answer(.email, code).json["ok"] == false)
    }

    /// RL-01
    @Test func `codes to one address keep 30 seconds, 3 in 10 minutes, 5 an hour and 10 a day`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        house.clock.advance(by: .seconds(86_400))
        var sentAt: [Timestamp] = []
        let begin = house.clock.now()
        var desk = try await house.start(anna, by: try await house.signIn("ola"))
        while house.clock.now() - begin < .seconds(86_400) {
            let answer = try await desk.post("email/code")
            if answer.status == 401 || answer.status == 409 {
                desk = try await house.start(anna, by: try await house.signIn("ola"))
                continue
            }
            if answer.status == 202 {
                sentAt.append(house.clock.now())
                house.clock.advance(by: .seconds(1))
                continue
            }
            #expect(answer.summary == "429 auth.code_too_soon")
            let wait = try required(answer.header("Retry-After").flatMap { Int($0) })
            #expect(wait > 0)
            house.clock.advance(by: .seconds(min(wait, 600)))
        }
        #expect(sentAt.count == 10)
        for (most, window) in [(1, 30), (3, 600), (5, 3_600), (10, 86_400)] {
            for start in sentAt {
                let within = sentAt.count { $0 >= start && $0 < start + .seconds(window) }
                #expect(within <= most, "\(within) in \(window) s")
            }
        }
        _ = ola
    }

    /// AC-06
    @Test func `an address changed in the last day is flagged to the operator`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        #expect(try await house.start(anna, by: ola).started.types.allSatisfy { !$0.isRecentlyChanged })
        try await house.enroll(anna, .email, "new@example.org")
        let changed = try await house.start(anna, by: ola).started.types.filter(\.isRecentlyChanged)
        #expect(changed.map(\.type) == [.email])
        #expect(changed.map(\.address) == ["new@example.org"])
        house.clock.advance(by: .seconds(86_400))
        let later = try await house.start([anna.account], by: try await house.signIn("ola"))
        #expect(later.started.types.allSatisfy { !$0.isRecentlyChanged })
    }

    @Test func `no code outlives its verification`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.verificationIdleSeconds, 1_800)))
        let (anna, ola, _) = try await house.enrolledAnna()
        var verification = try await house.start(anna, by: ola)
        for _ in 0..<4 {
            house.clock.advance(by: .seconds(445))
            verification = try await verification.renewed()
        }
        #expect(try await verification.post("email/code").status == 202)
        let code = try await house.lastCode()
        house.clock.advance(by: .seconds(20))
        #expect(try await verification.answer(.email, code).summary == "409 auth.verification_not_open")
        let ends = try await house.number("SELECT max(expires_at) FROM codes WHERE scope LIKE 'verification%'")
        #expect(Timestamp(microseconds: ends) == verification.started.expires)
    }

    @Test func `the operator sees what became of the last code`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        func delivery() async throws -> String? {
            try await verification.state().types.first { $0.type == .email }?.delivery
        }
        #expect(try await delivery() == nil)
        #expect(try await verification.post("email/code").status == 202)
        #expect(try await delivery() == "queued")
        _ = await house.deliver()
        #expect(try await delivery() == "sent")
    }
}
