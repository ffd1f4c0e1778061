import AuthAPI
import Model
import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService

/// Who holds which role, and what an act would take, told to administrators.
@Suite struct ExplanationTests {
    private func role(of login: String, _ house: TestHouse, as person: SignedIn) async throws -> Response {
        await house.send(.get, "/v1/admin/accounts/\(try await house.account(login))/role", as: person)
    }

    /// P1
    @Test func `the role of an account is told with how it stands to every role`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.signIn("ada")
        let ola = try await role(of: "ola", house, as: ada)
        #expect(ola.status == 200 && ola.json["role"] == "helpdesk")
        let roles = try required(ola.json["roles"]?.arrayValue)
        #expect(roles.map { $0["role"] } == ["administrator", "helpdesk", "unrestricted", "searcher", "user"])
        #expect(roles.map { $0["met"] } == [false, true, false, false, true])
        #expect(roles[0]["because"]?.stringValue?.contains("not a member of the group administrators") == true)
        let dan = try await role(of: "dan", house, as: ada)
        #expect(dan.json["role"] == nil && dan.json["without"] == "accountDisabled")
        #expect(try await role(of: "ola", house, as: house.signIn("ola")).summary == "403 policy.permission_missing")
        let gone = await house.send(.get, "/v1/admin/accounts/staff~gone/role", as: ada)
        #expect(gone.summary == "404 auth.account_not_found")
    }

    private func explain(
        _ house: TestHouse, _ operatorLogin: String, _ login: String, as person: SignedIn
    ) async throws -> Response {
        let (desk, user) = (try await house.account(operatorLogin), try await house.account(login))
        return await house.send(
            .get, "/v1/admin/explanations?operator=\(desk)&user=\(user)&action=resetPassword", as: person)
    }

    /// VS-03
    @Test func `what an act would take is what a verification then takes, and nothing is begun`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let ada = try await house.signIn("ada")
        let told = try await explain(house, "ola", "anna", as: ada)
        let facts = try ActFacts(bytes: told.body)
        #expect(try await house.number("SELECT count(*) FROM verifications") == 0)
        let started = try await house.start(anna, by: ola).started
        #expect(
            facts.verification
                == .needed(types: started.neededTypes, further: started.neededFurther, of: started.furtherOf))
        #expect(facts.operatorRole.text == "helpdesk" && facts.userRole?.text == "user")
        #expect(facts.enrollments.types == [.securityQuestions, .mobile, .email, .authenticator])
        for (login, code) in [("ben", "policy.not_enrolled"), ("dan", "policy.protected_account")] {
            let facts = try ActFacts(bytes: try await explain(house, "ola", login, as: ada).body)
            #expect(facts.verification == .refused(code), "\(login)")
        }
        #expect(try await explain(house, "ola", "anna", as: ola).summary == "403 policy.permission_missing")
    }

    @Test func `a removed factor shows as the second person an act would take`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let ada = try await house.signIn("ada")
        #expect(try await house.unenroll(anna.account, [.authenticator], by: ola).status == 200)
        let facts = try ActFacts(bytes: try await explain(house, "ola", "anna", as: ada).body)
        #expect(facts.secondPerson == .recentUnenrollment)
    }
}
