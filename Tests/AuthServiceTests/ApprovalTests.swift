import Audit
import AuthAPI
import Model
import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService

/// A second person approves what the desk has made easier.
@Suite struct ApprovalTests {
    /// Anna, whose authenticator the desk has removed; ola works restricted, ada may supervise.
    private struct Scene {
        let house: TestHouse
        let anna: SignedIn
        let ola: SignedIn
        let ada: SignedIn

        func satisfied() async throws -> DeskVerification {
            // Another code to the same address takes its time.
            house.clock.advance(by: .seconds(60))
            let verification = try await house.start(anna, by: ola)
            try await verification.verify(.mobile)
            try await verification.verify(.email)
            return verification
        }

        func pending(_ person: SignedIn) async throws -> Response {
            try await house.desk(.get, "/v1/approvals", for: person)
        }

        func decide(
            _ approval: ApprovalID, _ choice: ApprovalDecision.Choice, by person: SignedIn
        ) async throws -> Response {
            try await house.desk(
                .post, "/v1/approvals/\(approval)/decision", for: person, ApprovalDecision(choice).json)
        }
    }

    private func weakened(removing type: AuthenticationType = .authenticator) async throws -> Scene {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        if type == .yubiKey {
            try await house.database.write { transaction in
                _ = try ImportEnrollments(audit: house.audit, now: house.clock.now()).add(
                    ImportEnrollments.Row(
                        account: anna.account, type: .yubiKey, enrolledAt: house.clock.now(), label: "key"),
                    transaction)
            }
        }
        let done = try await house.unenroll(anna.account, [type], by: ola)
        try #require(done.json["removed"] == [.string(type.rawValue)], "\(done.summary)")
        return Scene(house: house, anna: anna, ola: ola, ada: try await house.signIn("ada"))
    }

    /// Two acts of one person are not two persons.
    @Test func `whoever removed the factor does not approve the reset that follows it`() async throws {
        let scene = try await weakened()
        let unenrolled = try await scene.house.unenroll(scene.anna.account, [.securityQuestions], by: scene.ada)
        try #require(unenrolled.status == 200, "\(unenrolled.summary)")
        let asked = try await approval(try await scene.satisfied())
        let refused = try await scene.decide(asked.id, .approve, by: scene.ada)
        #expect(refused.summary == "403 policy.own_unenrollment")
        #expect(try await scene.house.events(.refusal).map(\.reason) == ["policy.own_unenrollment"])
        // Time heals it: what was removed long ago is no part of this.
        let pending = try await scene.pending(scene.ada)
        #expect(pending.json["approvals"]?.arrayValue?.map { $0["status"] } == ["pending"])
    }

    private func approval(_ verification: DeskVerification) async throws -> Approval {
        try required(try await verification.state().approval)
    }

    @Test func `a reset after a weakening unenroll waits for a second person, once`() async throws {
        let scene = try await weakened()
        let verification = try await scene.satisfied()
        #expect(try await verification.redeem().summary == "403 policy.second_person_needed")
        let asked = try await approval(verification)
        #expect(asked.reason == .recentUnenrollment && asked.status == .pending)
        #expect(asked.account == scene.anna.account && asked.operatorAccount == scene.ola.account)
        let listed = try ApprovalList(bytes: try await scene.pending(scene.ada).body)
        #expect(listed.approvals == [asked])
        let approved = try await scene.decide(asked.id, .approve, by: scene.ada)
        #expect(approved.json["status"] == "approved")
        #expect(try await verification.redeem().status == 200)
        #expect(try await verification.redeem().status == 200, "the same operation gets the same proof again")
        // Used up: the next reset of the account waits for a second person again.
        let second = try await scene.satisfied()
        #expect(try await second.redeem("operation-2").summary == "403 policy.second_person_needed")
        let reasons = try await scene.house.events(.approval).map(\.reason)
        #expect(reasons == ["asked", "approved", "used", "asked"])
    }

    @Test func `an approval holds for one account, one action and one operator`() async throws {
        let scene = try await weakened()
        let verification = try await scene.satisfied()
        _ = try await scene.decide(try await approval(verification).id, .approve, by: scene.ada)
        let pia = try await scene.house.signIn("pia")
        scene.house.clock.advance(by: .seconds(60))
        let other = try await scene.house.start([scene.anna.account], by: pia)
        try await other.verify(.mobile)
        try await other.verify(.email)
        #expect(try await other.redeem().summary == "403 policy.second_person_needed")
        #expect(try await approval(other).operatorAccount == pia.account)
        let unlock = try await scene.house.start([scene.anna.account], .unlockAccount, by: scene.ola)
        #expect(unlock.started.approval == nil)
    }

    @Test func `never the same person, the owner, or somebody who may not supervise`() async throws {
        let scene = try await weakened()
        let house = try await scene.house.run(
            roles: TestRoles.with(permissions: TestRoles.operatorPermissions.union([.supervise])))
        let supervising = Scene(house: house, anna: scene.anna, ola: scene.ola, ada: scene.ada)
        let asked = try await approval(try await supervising.house.start(scene.anna, by: scene.ola))
        let uma = try await house.signIn("uma")
        let cases: [(SignedIn, String)] = [
            (scene.ola, "403 policy.own_request"), (uma, "403 policy.permission_missing"),
            (scene.anna, "403 policy.permission_missing"),
        ]
        for (person, expected) in cases {
            #expect(try await supervising.decide(asked.id, .approve, by: person).summary == expected)
        }
        #expect(try await supervising.pending(uma).summary == "403 policy.permission_missing")
        let reasons = try await house.events(.refusal).map(\.reason)
        #expect(reasons == ["policy.own_request", "policy.permission_missing", "policy.permission_missing"])
        let pia = try await house.signIn("pia")
        #expect(try await supervising.decide(asked.id, .approve, by: pia).status == 200)
        #expect(try await supervising.decide(asked.id, .decline, by: scene.ada).summary == "409 auth.approval_not_open")
        let unknown = try required(ApprovalID("unknown"))
        #expect(try await supervising.decide(unknown, .approve, by: pia).summary == "404 auth.approval_not_found")
    }

    @Test func `what waits in other stores hides nothing of one's own`() async throws {
        let scene = try await weakened()
        let asked = try await approval(try await scene.house.start(scene.anna, by: scene.ola))
        let (created, expires) = (asked.createdAt - .seconds(60), asked.expires)
        try await scene.house.database.write { transaction in
            for number in 0..<1_001 {
                let id = try required(ApprovalID("elsewhere-\(number)"))
                let store = ["sta", "staff-2"][number % 2]
                let account = try required(AccountID("\(store)~\(number)"))
                try ApprovalStore.insert(
                    Approval(
                        id: id, account: account, action: .resetPassword, operatorAccount: scene.ola.account,
                        reason: asked.reason, status: .pending, createdAt: created, expires: expires), transaction)
            }
        }
        let listed = try ApprovalList(bytes: try await scene.pending(scene.ada).body)
        #expect(listed.approvals == [asked])
    }

    @Test func `of many decisions at once one counts`() async throws {
        let scene = try await weakened()
        let asked = try await approval(try await scene.house.start(scene.anna, by: scene.ola))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await scene.decide(asked.id, index % 2 == 0 ? .approve : .decline, by: scene.ada).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 7))
    }

    @Test func `a declined request stays declined until its time has run out`() async throws {
        let scene = try await weakened()
        let verification = try await scene.satisfied()
        _ = try await scene.decide(try await approval(verification).id, .decline, by: scene.ada)
        #expect(try await verification.redeem().summary == "403 policy.second_person_declined")
        let again = try await scene.satisfied()
        #expect(try await again.redeem().summary == "403 policy.second_person_declined")
    }

    @Test func `a request that ran out cannot be decided, and is asked for again`() async throws {
        let scene = try await weakened()
        let first = try await approval(try await scene.house.start(scene.anna, by: scene.ola))
        scene.house.clock.advance(by: .seconds(1_800))
        let later = Scene(
            house: scene.house, anna: scene.anna, ola: try await scene.house.signIn("ola"),
            ada: try await scene.house.signIn("ada"))
        #expect(try await later.decide(first.id, .approve, by: later.ada).summary == "409 auth.approval_not_open")
        let second = try await approval(try await scene.house.start(scene.anna, by: later.ola))
        #expect(second.id != first.id)
    }

    @Test func `after 24 hours, in unrestricted mode, and after a YubiKey there is no second person`() async throws {
        let yubiKey = try await weakened(removing: .yubiKey)
        #expect(try await yubiKey.satisfied().redeem().status == 200)
        let scene = try await weakened()
        let uma = try await scene.house.signIn("uma")
        #expect(try await scene.house.start(scene.anna, by: uma).started.approval == nil)
        scene.house.clock.advance(by: .seconds(86_400))
        let later = Scene(
            house: scene.house, anna: scene.anna, ola: try await scene.house.signIn("ola"), ada: scene.ada)
        #expect(try await later.satisfied().redeem().status == 200)
    }

    @Test func `the rule can be switched off`() async throws {
        var limits = SecurityLimits()
        let isLegal = limits.set(SecurityLimits.secondPersonAfterUnenrollSeconds, to: 0)
        #expect(isLegal)
        let house = try await TestHouse.open(limits: limits)
        let (anna, ola, _) = try await house.enrolledAnna()
        _ = try await house.unenroll(anna.account, [.authenticator], by: ola)
        #expect(try await house.start(anna, by: ola).started.approval == nil)
    }

    /// VS-06
    @Test func `a weakening after the verification began is found at redemption`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let scene = Scene(house: house, anna: anna, ola: ola, ada: try await house.signIn("ada"))
        let verification = try await scene.satisfied()
        #expect(try await verification.state().approval == nil)
        _ = try await house.unenroll(anna.account, [.securityQuestions], by: ola)
        #expect(try await verification.redeem().summary == "403 policy.second_person_needed")
        let asked = try await approval(verification)
        _ = try await scene.decide(asked.id, .approve, by: scene.ada)
        #expect(try await verification.redeem().status == 200)
    }
}
