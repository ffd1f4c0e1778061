import AuthAPI
import Model
import StrictJSON
import Testing
import Web

@testable import AuthService

/// What people may enroll, for messages to many of them.
@Suite struct EnabledTypesTests {
    private func ask(_ house: TestHouse, _ accounts: [AccountID]) async throws -> [AccountID: Set<AuthenticationType>] {
        let answer = await house.send(
            .post, "/v1/enabled-types",
            headers: [("Authorization", "Bearer \(try house.serviceToken())"), ("Content-Type", "application/json")],
            bytes: EnabledTypesQuestion(accounts: accounts).json.serialized())
        #expect(answer.status == 200, "\(answer.summary)")
        return try EnabledTypes(bytes: answer.body).types
    }

    /// A1, E3
    @Test func `each account has the types of its own role, disabled ones none`() async throws {
        let roles = TestRoles.with(user: TestRoles.authentication(enabled: [.email], chosen: 1))
        let house = try await TestHouse.open(roles: roles)
        let (anna, ada, dan) = (
            try await house.account("anna"), try await house.account("ada"), try await house.account("dan")
        )
        let carl = try await house.account("carl", store: "contractors")
        let nobody = try #require(AccountID("staff~nobody"))
        let types = try await ask(house, [anna, ada, dan, carl, nobody])
        #expect(types[anna] == [.email] && types[carl] == [.email])
        #expect(types[ada] == [.securityQuestions, .mobile, .email, .authenticator])
        #expect(types[dan] == [] && types[nobody] == nil)
    }

    /// Where all roles enable the same, no directory is asked: a hundred thousand people are soon looked at.
    @Test func `where everybody has the same, the answer is the same`() async throws {
        let house = try await TestHouse.open()
        let account = try await house.account("anna")
        #expect(try await ask(house, [account]) == [account: [.securityQuestions, .mobile, .email, .authenticator]])
    }
}
