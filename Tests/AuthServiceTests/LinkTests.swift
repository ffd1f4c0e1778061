import Audit
import AuthAPI
import Model
import SQL
import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService
@testable import Messaging

/// Accounts of one person, linked and parted by an administrator.
@Suite struct LinkTests {
    private func link(
        _ account: AccountID, to master: AccountID, _ house: TestHouse, by person: SignedIn
    ) async -> Response {
        await house.send(
            .post, "/v1/admin/links", as: person,
            .object(["master": .string(master.text), "account": .string(account.text)]))
    }

    /// AU-02, R8
    @Test func `a link serves both accounts, is on record, and both owners hear of it`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        try await house.enroll(anna, .email, "anna.private@example.org")
        let other = try await house.account("anna.b", store: "contractors")
        let (ada, ola) = (try await house.administrator(), try await house.signIn("ola"))
        #expect(await link(other, to: anna.account, house, by: ada).status == 201)
        #expect(await link(other, to: anna.account, house, by: ada).status == 200)
        let seen = try await house.desk(.get, "/v1/accounts/\(other)/enrollments", for: ola)
        #expect(seen.json["master"] == .string(anna.account.text))
        #expect(seen.json["types"] == ["email"])
        for account in [anna.account, other] {
            let listed = await house.send(.get, "/v1/admin/links/\(account)", as: ada)
            #expect(listed.json["master"] == .string(anna.account.text))
            #expect(listed.json["links"]?.arrayValue?.map { $0["account"] } == [.string(other.text)])
        }
        #expect(await house.send(.delete, "/v1/admin/links/\(other)", as: ada).status == 204)
        #expect(await house.send(.delete, "/v1/admin/links/\(other)", as: ada).summary == "404 auth.link_not_found")
        for (kind, message) in [(AuditKind.link, MessageKind.accountLinked), (.unlink, .accountUnlinked)] {
            let rows = try await house.events(kind)
            #expect(rows.map(\.subject) == [other] && rows.map(\.actor) == [ada.account])
            #expect(rows.map(\.detail) == [[JSONMember(name: "master", value: .string(anna.account.text))]])
            let told = await house.deliver().filter { $0.kind == message }.map(\.to).sorted()
            #expect(
                told == ["anna.b@people.example.org", "anna.private@example.org", "anna@people.example.org"])
        }
    }

    @Test func `what cannot be linked is refused with its reason, and nothing changes`() async throws {
        let house = try await TestHouse.open()
        let ben = try await house.signIn("ben")
        try await house.enroll(ben, .email, "ben@example.org")
        let (anna, cora, lou) = (
            try await house.account("anna"), try await house.account("cora"), try await house.account("lou")
        )
        let other = try await house.account("anna.b", store: "contractors")
        let carl = try await house.account("carl", store: "contractors")
        try await house.link(other, to: anna)
        let ada = try await house.administrator()
        let gone = try required(AccountID("staff~gone"))
        let nowhere = try required(AccountID("nowhere~gone"))
        let before = try await house.snapshot()
        let cases: [(AccountID, AccountID, String)] = [
            (anna, anna, "422 auth.link_to_itself"), (other, cora, "409 auth.already_linked"),
            (carl, other, "409 auth.link_chain"), (anna, cora, "409 auth.link_chain"),
            (ben.account, cora, "409 auth.linked_account_enrolled"), (gone, anna, "404 auth.account_not_found"),
            (lou, gone, "404 auth.account_not_found"), (nowhere, anna, "403 policy.store_out_of_scope"),
            (ada.account, anna, "403 policy.own_account"), (anna, ada.account, "403 policy.own_account"),
        ]
        for (account, master, expected) in cases {
            #expect(await link(account, to: master, house, by: ada).summary == expected, "\(account) to \(master)")
        }
        #expect(try await house.snapshot() == before)
    }

    /// OP-04
    @Test func `nobody links an operator of higher rank, or out of the role's stores`() async throws {
        let house = try await TestHouse.open().run(
            roles: TestRoles.with(permissions: [.manageConfiguration], scope: [TestRoles.staff]))
        let ola = try await house.administrator("ola")
        let (ada, ben) = (try await house.account("ada"), try await house.account("ben"))
        let carl = try await house.account("carl", store: "contractors")
        #expect(await link(ada, to: ben, house, by: ola).summary == "403 policy.protected_account")
        #expect(await link(ben, to: ada, house, by: ola).summary == "403 policy.protected_account")
        #expect(await link(carl, to: ben, house, by: ola).summary == "403 policy.store_out_of_scope")
        let listed = await house.send(.get, "/v1/admin/links/\(carl)", as: ola)
        #expect(listed.summary == "403 policy.store_out_of_scope")
        #expect(await link(try await house.account("uma"), to: ben, house, by: ola).status == 201)
    }

    @Test func `a linked account cannot enroll what would never be used`() async throws {
        let house = try await TestHouse.open()
        let other = try await house.signIn("anna.b", store: "contractors")
        let begun = await house.send(
            .post, "/v1/me/enrollments/email", as: other, .object(["address": "late@example.org"]))
        #expect(begun.status == 202)
        let code = try await house.lastCode()
        try await house.link(other.account, to: try await house.account("anna"))
        let before = try await house.snapshot()
        let question = try required(house.questions.all.first).id
        let answers = [
            await house.confirm(other, .email, code),
            await house.send(.post, "/v1/me/enrollments/email", as: other, .object(["address": "b@example.org"])),
            await house.send(.post, "/v1/me/enrollments/mobile", as: other, .object(["number": "+15550100177"])),
            await house.send(.post, "/v1/me/enrollments/authenticator", as: other),
            await house.putQuestions(
                other, [.object(["question": .string(question.text), "answer": "Crème brûlée"])]),
        ]
        for answer in answers { #expect(answer.summary == "409 auth.account_linked") }
        #expect(try await house.snapshot() == before)
        let shown = await house.send(.get, "/v1/me/enrollments", as: other)
        #expect(shown.json["linkedTo"] == .string(try await house.account("anna").text))
    }

    @Test func `of many links at once one row wins, and there is no chain`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let accounts = [
            try await house.account("anna"), try await house.account("ben"), try await house.account("cora"),
        ]
        let pairs = accounts.flatMap { account in accounts.filter { $0 != account }.map { (account, $0) } }
        let answers = await withTaskGroup(of: String.self) { group in
            for (account, master) in pairs + pairs {
                group.addTask { await link(account, to: master, house, by: ada).summary }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        let created = answers.count { $0 == "201" }
        let rows = try await house.number("SELECT count(*) FROM links")
        #expect(Int64(created) == rows && rows >= 1)
        let chains = try await house.number(
            "SELECT count(*) FROM links a JOIN links b ON a.master = b.account")
        #expect(chains == 0)
        let kinds: Set = ["201", "200", "409 auth.already_linked", "409 auth.link_chain"]
        #expect(Set(answers).isSubset(of: kinds), "\(answers)")
        #expect(try await house.events(.link).count == created)
    }

    /// VS-06
    @Test func `a link removed since voids what was verified through it`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let other = try await house.account("anna.b", store: "contractors")
        try await house.link(other, to: anna.account)
        let satisfied = try await house.start([other], by: ola)
        try await satisfied.verify(.mobile)
        try await satisfied.verify(.email)
        let ada = try await house.administrator()
        #expect(await house.send(.delete, "/v1/admin/links/\(other)", as: ada).status == 204)
        #expect(try await satisfied.redeem().status == 403)
    }
}
