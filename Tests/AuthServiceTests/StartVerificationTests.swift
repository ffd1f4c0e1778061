import AuthAPI
import Model
import SQL
import StrictJSON
import Testing

@testable import AuthService

/// Who may start to prove whom, and for what.
@Suite struct StartVerificationTests {
    /// VS-02, VS-03
    @Test func `a request says accounts and action, and no word about what is needed`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        for extra in ["mode", "requirement", "types", "atLeast", "operator", "policyVersion", "optional"] {
            let body = JSON.object([
                JSONMember(name: "accounts", value: .array([.string(anna.account.text)])),
                JSONMember(name: "action", value: "resetPassword"), JSONMember(name: extra, value: "unrestricted"),
            ])
            let answer = try await house.desk(.post, "/v1/verifications", for: ola, body)
            #expect(answer.summary == "400 web.invalid_body")
            #expect(answer.json["pointer"]?.stringValue == "/\(extra)")
        }
        let started = try await house.start(anna, by: ola).started
        #expect(started.status == .created)
        #expect(!started.isOptional)
        #expect(started.types.map(\.type) == [.securityQuestions, .mobile, .email, .authenticator])
        #expect(started.neededFurther == 2)
        #expect(started.neededTypes == [])
    }

    @Test(arguments: [
        ("sam", HelpdeskAction.resetPassword, "403 policy.permission_missing"),
        ("ben", .resetPassword, "403 policy.permission_missing"), ("ola", .resetPassword, "201"),
        ("ola", .unlockAccount, "201"), ("uma", .resetPassword, "201"), ("ada", .unlockAccount, "201"),
    ])
    func `who may, may`(login: String, action: HelpdeskAction, answer: String) async throws {
        let house = try await TestHouse.open()
        let (anna, _, _) = try await house.enrolledAnna()
        let person = try await house.signIn(login)
        #expect(try await house.postStart([anna.account], action, by: person).summary == answer)
        let refusals = try await house.number("SELECT count(*) FROM audit WHERE kind = 'refusal'")
        #expect(refusals == (answer == "201" ? 0 : 1))
    }

    @Test(arguments: [
        (Set<Permission>([.resetAnyPassword]), HelpdeskAction.unlockAccount),
        (Set<Permission>([.unlockAnyAccount]), HelpdeskAction.resetPassword),
    ])
    func `a permission opens its own action alone`(permissions: Set<Permission>, other: HelpdeskAction) async throws {
        let house = try await TestHouse.open(roles: TestRoles.with(permissions: permissions))
        let (anna, ola, _) = try await house.enrolledAnna()
        #expect(try await house.postStart([anna.account], other, by: ola).summary == "403 policy.permission_missing")
        let own: HelpdeskAction = other == .resetPassword ? .unlockAccount : .resetPassword
        #expect(try await house.postStart([anna.account], own, by: ola).status == 201)
    }

    /// OP-05
    @Test func `an operator of one container reaches no other`() async throws {
        let desk = TestRoles.policy(container: Container(components: ["Staff", "Berlin"]))
        let house = try await TestHouse.open(roles: TestRoles.with(desk: desk))
        let cora = try await house.signIn("cora")
        try await house.enroll(cora, .email, "cora@example.org")
        try await house.enrollAuthenticator(cora)
        let ola = try await house.signIn("ola")
        #expect(try await house.postStart([cora.account], by: ola).summary == "403 policy.outside_container")
    }

    /// OP-03
    @Test func `nobody acts on an account of their own, linked ones included`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        try await house.enroll(ola, .email, "ola@example.org")
        try await house.enrollAuthenticator(ola)
        #expect(try await house.postStart([ola.account], by: ola).summary == "403 policy.own_account")
        let carl = try await house.account("carl", store: "contractors")
        try await house.link(carl, to: ola.account)
        #expect(try await house.postStart([carl], by: ola).summary == "403 policy.own_account")
        #expect(try await house.postStart([carl], by: try await house.signIn("pia")).status == 201)
    }

    /// OP-04
    @Test func `operators of higher rank are out of reach, of equal rank in reach of a proof`() async throws {
        let house = try await TestHouse.open()
        for login in ["ada", "pia", "una"] {
            let person = try await house.signIn(login)
            try await house.enroll(person, .email, "\(login)@example.org")
            try await house.enrollQuestions(person)
        }
        house.clock.advance(by: .seconds(60))
        let ola = try await house.signIn("ola")
        let uma = try await house.signIn("uma")
        let ada = try await house.account("ada")
        #expect(try await house.postStart([ada], by: ola).summary == "403 policy.protected_account")
        #expect(try await house.start([try await house.account("pia")], by: ola).started.isOptional == false)
        // Unrestricted mode lets nobody skip the proof of an equal: what the person's policy asks for is demanded.
        let peer = try await house.start([try await house.account("una")], by: uma)
        #expect(!peer.started.isOptional)
        #expect(peer.started.neededFurther == 2)
        try await peer.verify(.email)
        #expect(try await peer.redeem().summary == "409 auth.verification_not_satisfied")
        try await peer.verifyQuestions()
        #expect(try await peer.redeem().status == 200)
    }

    @Test func `an equal who is not enrolled cannot be proved`() async throws {
        let house = try await TestHouse.open()
        let una = try await house.account("una")
        let uma = try await house.signIn("uma")
        #expect(try await house.postStart([una], by: uma).summary == "403 policy.equal_rank_needs_proof")
    }

    /// VS-04
    @Test func `in unrestricted mode nothing is needed, and questions alone prove nothing`() async throws {
        let house = try await TestHouse.open()
        let (anna, _, _) = try await house.enrolledAnna()
        let uma = try await house.signIn("uma")
        let verification = try await house.start(anna, by: uma)
        #expect(verification.started.isOptional)
        #expect(verification.started.neededFurther == 0)
        #expect(try await verification.redeem().summary == "409 auth.verification_not_satisfied")
        try await verification.verifyQuestions()
        #expect(try await verification.redeem().summary == "409 auth.verification_not_satisfied")
        try await verification.verify(.mobile)
        #expect(try await verification.redeem().status == 200)
    }

    @Test func `who is not enrolled cannot be proved in restricted mode`() async throws {
        let house = try await TestHouse.open()
        let ben = try await house.account("ben")
        let ola = try await house.signIn("ola")
        #expect(try await house.postStart([ben], by: ola).summary == "403 policy.not_enrolled")
        #expect(try await house.postStart([ben], by: try await house.signIn("uma")).status == 201)
    }

    @Test func `accounts that cannot be found are said so`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        for text in ["staff~nobody", "elsewhere~x"] {
            let account = try required(AccountID(text))
            #expect(try await house.postStart([account], by: ola).summary == "404 auth.account_not_found")
        }
        let dan = try await house.account("dan")
        #expect(try await house.postStart([dan], by: ola).summary == "404 auth.account_not_found")
        // Somebody locked out is who calls.
        #expect(try await house.postStart([try await house.account("lou")], by: ola).code == "policy.not_enrolled")
    }

    @Test func `linked accounts are proved by their master's enrollment`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let other = try await house.account("anna.b", store: "contractors")
        let carl = try await house.account("carl", store: "contractors")
        #expect(
            try await house.postStart([anna.account, other], by: ola).summary == "403 policy.accounts_not_linked")
        try await house.link(other, to: anna.account)
        #expect(try await house.postStart([anna.account, carl], by: ola).code == "policy.accounts_not_linked")
        let verification = try await house.start([other, anna.account], by: ola)
        #expect(verification.started.types.count == 4)
        try await verification.verify(.mobile)
        try await verification.verify(.email)
        #expect(try await verification.redeem().status == 200)
        let known = try await house.desk(.get, "/v1/accounts/\(other)/enrollments", for: ola)
        let enrollments = try AccountEnrollments(bytes: known.body)
        #expect(enrollments.master == anna.account)
        #expect(enrollments.samePerson == [anna.account, other])
        #expect(enrollments.types.count == 4)
        // One person, one open verification, whichever account it was begun with.
        let first = try await house.start([other], by: ola)
        _ = try await house.start([anna.account], by: ola)
        #expect(try await first.state().status == .canceled)
    }

    @Test func `every account of a request has to be in reach`() async throws {
        let house = try await TestHouse.open(roles: TestRoles.with(scope: [TestRoles.staff]))
        let (anna, ola, _) = try await house.enrolledAnna()
        let other = try await house.account("anna.b", store: "contractors")
        try await house.link(other, to: anna.account)
        let answer = try await house.postStart([anna.account, other], by: ola)
        #expect(answer.summary == "403 policy.store_out_of_scope")
    }

    /// VS-07
    @Test func `a new verification cancels the old, another operator's is taken over and recorded`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let pia = try await house.signIn("pia")
        let first = try await house.start(anna, by: ola)
        let second = try await house.start(anna, by: ola)
        #expect(try await first.state().status == .canceled)
        let third = try await house.start(anna, by: pia)
        #expect(try await second.state().status == .canceled)
        #expect(try await third.state().status == .created)
        let reasons = try await house.database.read { connection in
            try connection.query(
                "SELECT reason, actor, verification FROM audit WHERE kind = 'verification' ORDER BY sequence"
            ).map { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.text(2))" }
        }
        #expect(
            reasons == [
                "started \(ola.account) \(first.id)", "canceled \(ola.account) \(first.id)",
                "started \(ola.account) \(second.id)", "takenOver \(pia.account) \(second.id)",
                "started \(pia.account) \(third.id)",
            ])
    }

    /// VS-07
    @Test func `of many started at once one is open`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let answers = try await inParallel(20) { _ in try await house.postStart([anna.account], by: ola) }
        #expect(answers.allSatisfy { $0.status == 201 })
        let open = "SELECT count(*) FROM verifications WHERE status IN ('created', 'challenged', 'satisfied')"
        #expect(try await house.number(open) == 1)
    }

    /// VS-07
    @Test func `of many started at once at two replicas one is open`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let other = try await house.run(database: try SQLiteDatabase(path: house.folder.file("auth.db")))
        let answers = try await inParallel(20) { index in
            try await (index.isMultiple(of: 2) ? house : other).postStart([anna.account], by: ola)
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        let open = "SELECT count(*) FROM verifications WHERE status IN ('created', 'challenged', 'satisfied')"
        #expect(try await house.number(open) == 1)
    }

    /// VS-05
    @Test func `types the desk cannot verify are shown and do not count`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let now = house.clock.now()
        try await house.database.write { transaction in
            for type in [AuthenticationType.linkAccount, .yubiKey, .windowsHello] {
                let enrollment = Enrollment(
                    account: anna.account, type: type, enrolledAt: now, changedAt: nil, contact: nil, sealed: nil,
                    lastStep: nil)
                try EnrollmentStore.save(enrollment, transaction)
            }
        }
        let types = try await house.start(anna, by: ola).started.types
        #expect(types.filter { !$0.isVerifiable }.map(\.type) == [.linkAccount, .yubiKey, .windowsHello])
        #expect(types.filter(\.isVerifiable).count == 4)
    }
}
