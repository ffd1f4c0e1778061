import AuthAPI
import Model
import StrictJSON
import Testing

@testable import AuthService

/// Every event in every status (VS-01).
@Suite struct VerificationStatusTests {
    private enum Event: String, CaseIterable {
        case sendMobile, sendEmail, mobile, email, authenticator, question, redeem
    }

    private func bring(to status: VerificationStatus, in house: TestHouse) async throws -> DeskVerification {
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        switch status {
        case .created: break
        case .challenged: #expect(try await verification.post("email/code").status == 202)
        case .satisfied, .consumed:
            try await verification.verify(.mobile)
            try await verification.verify(.email)
            if status == .consumed { #expect(try await verification.redeem().status == 200) }
        case .failed:
            let until = house.clock.now() + .seconds(900)
            try await house.database.write { transaction in
                for type in [AuthenticationType.mobile, .email, .securityQuestions] {
                    try FailureStore.save(
                        FactorFailures(inARow: 0, lockedUntil: until), anna.account, type, transaction)
                }
            }
            for _ in 0..<5 { _ = try await verification.answer(.authenticator, "no code") }
        case .expired: house.clock.advance(by: .seconds(600))
        case .canceled: _ = try await house.start(anna, by: ola)
        }
        let now = status == .expired ? try await verification.renewed() : verification
        #expect(try await now.state().status == status)
        return now
    }

    private func post(_ event: Event, to verification: DeskVerification) async throws -> String {
        switch event {
        case .sendMobile: try await verification.post("mobile/code").summary
        case .sendEmail: try await verification.post("email/code").summary
        case .mobile: try await verification.answer(.mobile, "00000000").summary
        case .email: try await verification.answer(.email, "00000000").summary
        case .authenticator: try await verification.answer(.authenticator, "no code").summary
        case .question: try await verification.answer(verification.started.questions[0].id, "wrong").summary
        case .redeem: try await verification.redeem("operation-of-the-table").summary
        }
    }

    /// VS-01
    @Test(arguments: [VerificationStatus.failed, .expired, .canceled, .consumed])
    func `an ended verification takes no event and changes nothing`(status: VerificationStatus) async throws {
        let house = try await TestHouse.open()
        let verification = try await bring(to: status, in: house)
        let before = try await house.snapshot()
        for event in Event.allCases {
            let spent = status == .consumed && event == .redeem
            let expected = spent ? "409 auth.proof_redeemed" : "409 auth.verification_not_open"
            #expect(try await post(event, to: verification) == expected, "\(event)")
        }
        #expect(try await house.snapshot() == before)
        #expect(try await verification.state().status == status)
    }

    /// VS-01
    @Test(arguments: [VerificationStatus.created, .challenged])
    func `nothing is redeemed before enough is verified`(status: VerificationStatus) async throws {
        let house = try await TestHouse.open()
        let verification = try await bring(to: status, in: house)
        let before = try await house.snapshot()
        #expect(try await post(.redeem, to: verification) == "409 auth.verification_not_satisfied")
        #expect(try await house.snapshot() == before)
    }

    /// VS-01
    @Test func `a verified type takes no further event, the others do`() async throws {
        let house = try await TestHouse.open()
        let verification = try await bring(to: .satisfied, in: house)
        let before = try await house.snapshot()
        for event in [Event.sendMobile, .sendEmail, .mobile, .email] {
            #expect(try await post(event, to: verification) == "409 auth.already_verified")
        }
        #expect(try await house.snapshot() == before)
        #expect(try await post(.authenticator, to: verification) == "200")
        #expect(try await verification.state().status == .satisfied)
        #expect(try await verification.redeem().status == 200)
    }

    /// VS-01
    @Test func `a value without a code to match leaves everything as it is`() async throws {
        let house = try await TestHouse.open()
        let verification = try await bring(to: .created, in: house)
        let before = try await house.snapshot()
        for event in [Event.mobile, .email] { #expect(try await post(event, to: verification) == "200") }
        #expect(try await house.snapshot() == before)
        #expect(try await verification.state().status == .created)
    }

    @Test func `a type the person is not enrolled with is not offered`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, "anna@example.org")
        try await house.enrollQuestions(anna)
        house.clock.advance(by: .seconds(60))
        let verification = try await house.start(anna, by: try await house.signIn("ola"))
        for event in [Event.sendMobile, .mobile, .authenticator] {
            #expect(try await post(event, to: verification) == "409 auth.type_not_offered")
        }
    }

    @Test func `a verification ends half an hour after it began, whatever happens`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        var verification = try await house.start(anna, by: ola)
        for _ in 0..<3 {
            house.clock.advance(by: .seconds(590))
            verification = try await verification.renewed()
            #expect(try await verification.answer(.authenticator, "no code").status == 200)
        }
        house.clock.set(verification.started.expires - .microseconds(1))
        #expect(try await verification.state().status == .challenged)
        house.clock.set(verification.started.expires)
        #expect(try await verification.state().status == .expired)
        #expect(try await post(.redeem, to: verification) == "409 auth.verification_not_open")
    }

    @Test func `a verification idles out, but not while a code lives`() async throws {
        let house = try await TestHouse.open(limits: testLimits((SecurityLimits.verificationIdleSeconds, 120)))
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        house.clock.advance(by: .seconds(119))
        #expect(try await verification.post("mobile/code").status == 202)
        let code = try await house.lastCode()
        house.clock.advance(by: .seconds(299))
        #expect(try await verification.state().status == .challenged)
        #expect(try await verification.answer(.mobile, code).json["ok"] == true)
        house.clock.advance(by: .seconds(120))
        #expect(try await verification.state().status == .expired)
    }
}
