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

/// The help desk removes what an account is enrolled with (E2).
@Suite struct UnenrollTests {
    /// CR-03, R8, VS-06
    @Test func `the types named go, the others stay, and the owner hears of it everywhere`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        _ = await house.deliver()
        let before = house.messages.withLock { $0.count }
        let done = try await house.unenroll(anna.account, [.email, .yubiKey], by: ola)
        #expect(done.status == 200)
        #expect(done.json["removed"] == ["email"])
        #expect(done.json["remaining"] == ["authenticator", "mobile", "securityQuestions"])
        let told = await house.deliver().dropFirst(before)
        #expect(told.allSatisfy { $0.kind == .factorUnenrolled })
        #expect(told.map(\.to).sorted() == ["+15550100101", "anna@example.org", "anna@people.example.org"])
        let rows = try await house.events(.unenroll)
        #expect(rows.map(\.type) == [.email] && rows.map(\.subject) == [anna.account])
        #expect(rows.map(\.actor) == [ola.account] && rows.map(\.actorKind) == [.operator])
    }

    /// SQ-03, AC-05
    @Test func `removing questions removes the answers, and a pending code confirms nothing`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        _ = await house.send(.post, "/v1/me/enrollments/email", as: anna, .object(["address": "new@example.org"]))
        let code = try await house.lastCode()
        _ = try await house.start(anna, by: ola)
        let done = try await house.unenroll(anna.account, [.email, .securityQuestions], by: ola)
        #expect(done.status == 200)
        for table in ["answers", "asked_questions", "pending_enrollments"] {
            #expect(try await house.number("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        #expect(await house.confirm(anna, .email, code).summary == "409 auth.nothing_to_confirm")
    }

    /// VS-06
    @Test func `an open verification loses the type, verified or not`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let satisfied = try await house.start(anna, by: ola)
        try await satisfied.verify(.mobile)
        try await satisfied.verify(.email)
        _ = try await house.unenroll(anna.account, [.email, .authenticator], by: ola)
        #expect(try await satisfied.redeem().summary == "409 auth.requirement_changed")
        let later = try await house.start(anna, by: ola)
        #expect(!later.started.types.contains { $0.type == .email })
        #expect(try await later.post("email/code").summary == "409 auth.type_not_offered")
    }

    /// CR-03
    @Test func `one key does it once, and belongs to one request`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let first = try await house.unenroll(anna.account, [.email], by: ola, key: "k")
        try await house.enroll(anna, .email, "again@example.org")
        let again = try await house.unenroll(anna.account, [.email], by: ola, key: "k")
        #expect(first.json == again.json && again.status == 200)
        #expect(try await house.events(.unenroll).count == 1)
        let other = try await house.unenroll(anna.account, [.mobile], by: ola, key: "k")
        #expect(other.summary == "422 auth.idempotency_key_reused")
        let without = try await house.unenroll(anna.account, [.mobile], by: ola, key: nil)
        #expect(without.summary == "400 web.idempotency_key_required")
        let parallel = try await withThrowingTaskGroup(of: Response.self) { group in
            for _ in 0..<8 { group.addTask { try await house.unenroll(anna.account, [.mobile], by: ola, key: "p") } }
            return try await group.reduce(into: [Response]()) { $0.append($1) }
        }
        #expect(parallel.allSatisfy { $0.status == 200 && $0.json == parallel[0].json })
        #expect(try await house.events(.unenroll).count == 2)
    }

    /// OP-02, OP-03, OP-04, P1
    @Test func `who may not is refused, on record, and nothing changes`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let pia = try await house.signIn("pia")
        try await house.enroll(pia, .email, "pia@example.org")
        try await house.enroll(try await house.signIn("ada"), .email, "ada@example.org")
        let cases: [(String, AccountID, String)] = [
            ("sam", anna.account, "403 policy.permission_missing"), ("ola", ola.account, "403 policy.own_account"),
            ("ola", pia.account, "403 policy.protected_account"),
            ("ola", try await house.account("ada"), "403 policy.protected_account"),
            ("ola", try await house.account("ben"), "404 auth.not_enrolled"),
            ("ola", try required(AccountID("staff~gone")), "404 auth.account_not_found"),
        ]
        let before = try await house.number("SELECT count(*) FROM enrollments")
        for (login, account, expected) in cases {
            let person = try await house.signIn(login)
            #expect(try await house.unenroll(account, [.email], by: person).summary == expected, "\(login) \(account)")
        }
        #expect(try await house.number("SELECT count(*) FROM enrollments") == before)
        #expect(try await house.events(.refusal).map(\.action) == Array(repeating: "unenroll", count: 4))
    }

    @Test func `a linked account's enrollment is its master's, and both have to be in reach`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let other = try await house.account("anna.b", store: "contractors")
        try await house.link(other, to: anna.account)
        let near = try await house.run(roles: TestRoles.with(scope: [TestRoles.contractors]))
        let refused = try await near.unenroll(other, [.email], by: ola)
        #expect(refused.summary == "403 policy.store_out_of_scope")
        let far = try await house.run(roles: TestRoles.all)
        let done = try await far.unenroll(other, [.email], by: ola)
        #expect(done.json["account"] == .string(anna.account.text))
        #expect(done.json["removed"] == ["email"])
    }
}

extension TestHouse {
    /// Removes types for an operator, as the helpdesk service asks it.
    func unenroll(
        _ account: AccountID, _ types: Set<AuthenticationType>, by person: SignedIn, key: String? = "key"
    ) async throws -> Response {
        var headers = [
            ("Authorization", "Bearer \(try serviceToken())"), (AuthNames.operatorHeader, person.accessToken),
            ("Content-Type", "application/json"),
        ]
        if let key { headers.append(("Idempotency-Key", key)) }
        return await send(
            .post, "/v1/accounts/\(account)/unenrollments", headers: headers,
            bytes: UnenrollmentRequest(types: types).json.serialized())
    }

    /// The history rows of one kind, oldest first.
    func events(_ kind: AuditKind) async throws -> [AuditEvent] {
        try await database.read { try AuditReader.records(after: 0, limit: 1_000, $0) }.map(\.event)
            .filter { $0.kind == kind }
    }
}
