import AuthAPI
import AuthClient
import Model
import StrictJSON
import Testing
import Web

@testable import HelpdeskService

/// Removing what a user is enrolled with, and the second person, through the routes.
@Suite struct UnenrollTests {
    private func house(_ permissions: Set<Permission> = [.unenroll, .searchUsers]) async throws -> (
        TestDesk, TestOperator
    ) {
        let house = try await TestDesk.open()
        try house.desk { $0.permissions = permissions }
        return (house, try house.signIn())
    }

    private func unenroll(
        _ login: String, _ types: [JSON], in house: TestDesk, by person: TestOperator, key: String? = "key"
    ) async throws -> TestAnswer {
        await house.send(
            .post, "/v1/users/\(try house.id(login))/unenrollments", as: person, ["types": .array(types)], key: key)
    }

    /// E2
    @Test func `the types named go and the others stay`() async throws {
        let (house, ola) = try await house()
        let done = try await unenroll("cora", ["email", "yubiKey"], in: house, by: ola)
        #expect(done.status == 200, "\(done)")
        #expect(done.body["removed"] == ["email"] && done.body["remaining"] == ["securityQuestions"])
        let shown = await house.send(.get, "/v1/users/\(try house.id("cora"))", as: ola)
        #expect(shown.body["enrolledWith"] == ["securityQuestions"])
    }

    /// CR-03
    @Test func `one key does it once, also after a crash and for many at once`() async throws {
        let (house, ola) = try await house()
        let first = try await unenroll("cora", ["email"], in: house, by: ola)
        let again = try await unenroll("cora", ["email"], in: house, by: ola)
        #expect(first.body == again.body && again.status == 200)
        #expect(house.auth.change { $0.unenrollments }.count == 1)
        let other = try await unenroll("cora", ["securityQuestions"], in: house, by: ola)
        #expect(other.code == "helpdesk.idempotency_key_reused")
        #expect(try await unenroll("cora", ["email"], in: house, by: ola, key: nil).status == 400)
        // The answer was lost: asked again, the auth service hears the same name.
        try await house.database.write { _ = try $0.execute("UPDATE idempotency SET state = 'given back'") }
        #expect(try await unenroll("cora", ["email"], in: house, by: ola).body == first.body)
        let names = house.auth.change { $0.unenrollments }
        #expect(names.count == 2 && Set(names).count == 1)
        let parallel = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<8 {
                group.addTask { try await unenroll("anna", ["email"], in: house, by: ola, key: "many") }
            }
            return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
        }
        // Whoever comes while it is being done is told so (CR-03).
        let done = parallel.filter { $0.status == 200 }
        #expect(!done.isEmpty && done.allSatisfy { $0.body == done[0].body }, "\(parallel)")
        #expect(parallel.filter { $0.status != 200 }.allSatisfy { $0.code == "helpdesk.operation_in_progress" })
        #expect(Set(house.auth.change { $0.unenrollments }).count == 2)
    }

    /// P1, P4, OP-03, OP-04, OP-05
    @Test func `the limits of a reset hold, and a refusal is on record`() async throws {
        let (house, ola) = try await house()
        try house.policy(.with(container: Container(components: ["Staff", "Berlin"])))
        let cases = [
            ("cora", "policy.outside_container"), ("paul", "policy.protected_account"),
            ("ada", "policy.protected_account"), ("pia", "policy.protected_account"), ("ola", "policy.own_account"),
        ]
        for (login, expected) in cases {
            let refused = try await unenroll(login, ["email"], in: house, by: ola, key: login)
            #expect(refused.code == expected, "\(login)")
            let shown = await house.send(.get, "/v1/users/\(try house.id(login))", as: ola)
            #expect(shown.body["actions"]?["unenroll"]?["code"] == .string(expected), "\(login)")
        }
        #expect(try await house.history(.refusal).map(\.action) == Array(repeating: "unenroll", count: cases.count))
        try house.policy(.with())
        try house.desk { $0.scope = [house.stores[1].id] }
        let outside = try await unenroll("cora", ["email"], in: house, by: ola, key: "store")
        #expect(outside.code == "policy.store_out_of_scope")
        // The enrollment of a linked account is its master's, and the master is out of reach.
        let linked = try await unenroll("anna.b", ["email"], in: house, by: ola, key: "linked")
        #expect(linked.code == "policy.store_out_of_scope")
        #expect(linked.body["account"] == .string(try house.id("anna").text))
        #expect(house.auth.change { $0.unenrollments }.isEmpty)
    }

    /// OP-04
    @Test func `an account that cannot be looked up is not touched`() async throws {
        let (house, ola) = try await house()
        let cora = try house.id("cora")
        house.auth.change { $0.people[cora] = nil }
        #expect(try await unenroll("cora", ["email"], in: house, by: ola).code == "policy.protected_account")
        try house.store("staff").script.withLock { $0.readingFailure = .unavailable("down") }
        #expect(try await unenroll("anna", ["email"], in: house, by: ola).code == "helpdesk.store_unavailable")
        #expect(house.auth.change { $0.unenrollments }.isEmpty)
    }

    /// OP-02
    @Test func `supervisors see what waits and decide it`() async throws {
        let (house, ola) = try await house([.supervise])
        let asked = Approval(
            id: try required(ApprovalID("a1")), account: try house.id("anna"), action: .resetPassword,
            operatorAccount: try house.id("pia"), reason: .recentUnenrollment, status: .pending,
            createdAt: house.clock.now(), expires: house.clock.now() + .seconds(1_800))
        house.auth.change { $0.approvals = [asked] }
        let listed = await house.send(.get, "/v1/approvals", as: ola)
        #expect(listed.body["approvals"] == [asked.json])
        let decided = await house.send(.post, "/v1/approvals/a1/decision", as: ola, ["decision": "decline"])
        #expect(decided.body["status"] == "declined", "\(decided)")
        let unknown = await house.send(.post, "/v1/approvals/a2/decision", as: ola, ["decision": "approve"])
        #expect(unknown.code == "auth.approval_not_found")
        let wrong = await house.send(.post, "/v1/approvals/a1/decision", as: ola, ["decision": "maybe"])
        #expect(wrong.status == 400)
    }
}
