import Testing

@Suite struct VerificationFlowTests {
    @Test func `two types of a caller become one proof`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        #expect(try await verification.redeem().summary == "409 auth.verification_not_satisfied")
        try await verification.verify(.mobile)
        #expect(try await verification.state().status == .challenged)
        try await verification.verifyQuestions()
        #expect(try await verification.state().status == .satisfied)
        #expect(try await verification.redeem().status == 200)
    }
}
