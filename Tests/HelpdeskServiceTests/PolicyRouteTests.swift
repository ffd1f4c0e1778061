import Audit
import Directory
import Model
import Policy
import StrictJSON
import Testing

@testable import HelpdeskService

/// P1 to P6 through the routes, for each action.
@Suite struct PolicyRouteTests {
    /// P1, OP-02
    @Test(arguments: HelpdeskAction.allCases)
    func `each permission opens its own action only`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.desk { $0.permissions = [.searchUsers, action.other.permission] }
        let refused = await house.send(
            .post, try house.path(action, "anna"), as: ola, try house.act(action, on: ["anna"]), key: "1")
        #expect(refused.status == 403)
        #expect(refused.code == "policy.permission_missing")
        let started = await house.send(
            .post, "/v1/users/\(try house.id("anna"))/verifications", as: ola, ["action": .string(action.rawValue)])
        #expect(started.code == "policy.permission_missing")
        #expect(house.writes.isEmpty)
        #expect(try await house.history(.refusal).count == 2)
    }

    /// P1, P4
    @Test(arguments: HelpdeskAction.allCases)
    func `an unenrolled user needs the permission and an unrestricted role`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let refused = try await house.perform(action, on: ["ben"], by: ola, verified: false, key: "1")
        #expect(refused.code == "policy.not_enrolled")
        try house.policy(.with(mode: .unrestricted))
        let done = try await house.perform(action, on: ["ben"], by: ola, verified: false, key: "2")
        #expect(done.outcomes == ["done"], "\(done)")
        #expect(done.body["verification"] == "skipped")
    }

    /// V5, VS-03
    @Test(arguments: HelpdeskAction.allCases)
    func `a restricted operator does nothing without a proof`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let without = try await house.perform(action, by: ola, verified: false, key: "1")
        #expect(without.status == 403)
        #expect(without.code == "helpdesk.caller_not_verified")
        let started = await house.send(
            .post, "/v1/users/\(try house.id("anna"))/verifications", as: ola, ["action": .string(action.rawValue)])
        let id = try required(started.body["id"]?.stringValue.flatMap { VerificationID($0) })
        let unsatisfied = await house.send(
            .post, try house.path(action, "anna"), as: ola, try house.act(action, on: ["anna"], verification: id),
            key: "2")
        #expect(unsatisfied.status == 409)
        #expect(unsatisfied.code == "auth.verification_not_satisfied")
        #expect(house.writes.isEmpty)
        #expect(await house.delivered().isEmpty)
    }

    /// P4, OP-05
    @Test(arguments: HelpdeskAction.allCases)
    func `a restricted operator stays in the container`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(container: Container(components: ["Staff", "Paris"])))
        let outside = try await house.perform(action, by: ola, verified: false, key: "1")
        #expect(outside.code == "policy.outside_container")
        let inside = try await house.perform(action, on: ["cora"], by: ola, key: "2")
        #expect(inside.outcomes == ["done"], "\(inside)")
    }

    /// OP-03
    @Test(arguments: HelpdeskAction.allCases)
    func `nobody acts on their own account`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let refused = try await house.perform(action, on: ["ola"], by: ola, verified: false)
        #expect(refused.code == "policy.own_account")
        #expect(house.writes.isEmpty)
    }

    /// OP-04
    @Test(arguments: HelpdeskAction.allCases, ["paul", "ada"])
    func `protected groups and operators of higher rank are refused`(
        action: HelpdeskAction, login: String
    ) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let refused = try await house.perform(action, on: [login], by: ola, verified: false)
        #expect(refused.code == "policy.protected_account")
    }

    /// OP-04
    @Test(arguments: HelpdeskAction.allCases)
    func `an account nobody knows the rank of is protected`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let ben = try house.id("ben")
        house.auth.change { $0.people[ben] = nil }
        let refused = try await house.perform(action, on: ["ben"], by: ola, verified: false)
        #expect(refused.code == "policy.protected_account")
    }

    /// OP-04
    @Test(arguments: HelpdeskAction.allCases)
    func `an operator of equal rank needs a proof in either mode`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let refused = try await house.perform(action, on: ["pia"], by: ola, verified: false)
        #expect(refused.code == "policy.equal_rank_needs_proof")
    }

    @Test(arguments: HelpdeskAction.allCases)
    func `a store the role does not reach is refused`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.desk { $0.scope = [house.stores[1].id] }
        let refused = try await house.perform(action, by: ola, verified: false)
        #expect(refused.code == "policy.store_out_of_scope")
    }

    @Test(arguments: HelpdeskAction.allCases)
    func `accounts of different people are refused`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let refused = try await house.perform(action, on: ["anna", "ben"], by: ola, verified: false)
        #expect(refused.code == "policy.accounts_not_linked")
        #expect(house.writes.isEmpty)
    }

    /// P5, R11, R12
    @Test func `method, channel, address and typing are the role's to allow`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let contacts = await house.send(.get, "/v1/users/\(try house.id("anna"))", as: ola).body["contacts"]?.arrayValue
        let directoryMail = try required(
            contacts?.first { $0["source"] == "directory" && $0["channel"] == "email" }?["id"])
        let enrolled: JSON = ["email": "enrolled-mail"]
        let cases: [(HelpdeskPolicy, JSON?, Bool, String)] = [
            (.with(methods: [.secureLink]), nil, false, "policy.method_not_allowed"),
            (.with(channels: [.sms]), enrolled, false, "policy.channel_not_allowed"),
            (.with(), ["email": directoryMail], false, "policy.directory_address_not_allowed"),
            (.with(operatorMaySeePassword: false), enrolled, true, "policy.typed_password_not_allowed"),
            (.with(operatorMaySeePassword: false), nil, false, "policy.channel_required"),
        ]
        for (index, (policy, deliver, typed, code)) in cases.enumerated() {
            try house.policy(policy)
            let verification = try await house.verified("anna", for: .resetPassword, by: ola)
            let body: JSON = .object([
                "accounts": [.string(try house.id("anna").text)], "verification": .string(verification.text),
                "method": "newPassword", "generate": typed ? nil : true,
                "password": typed ? "gravel-Sunset-44-kettle" : nil, "deliver": deliver,
            ])
            let refused = await house.send(
                .post, try house.path(.resetPassword, "anna"), as: ola, body, key: "\(index)")
            #expect(refused.code == code, "\(refused)")
        }
        #expect(house.writes.isEmpty)
        #expect(house.auth.change { $0.redemptions } == 0)
    }

    /// VS-11, R6
    @Test func `a skipped verification is on record, and the owner is told`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted, skipNeedsReason: true))
        let silent = try await house.perform(.unlockAccount, by: ola, verified: false, key: "1")
        #expect(silent.status == 422)
        #expect(silent.code == "policy.skip_reason_required")
        let said = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], reason: "known voice"), key: "2")
        #expect(said.outcomes == ["done"], "\(said)")
        let skipped = try await house.history(.verificationSkipped)
        #expect(skipped.map(\.detail) == [[JSONMember(name: "reason", value: "known voice")]])
        #expect(await house.delivered().contains("verificationSkipped anna.private@example.org"))
    }

    /// VS-10
    @Test func `an unrestricted operator's satisfied verification is spent all the same`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let done = try await house.perform(.unlockAccount, by: ola)
        #expect(done.body["verification"] == "proved")
        #expect(house.auth.change { $0.redemptions } == 1)
    }

    /// R5
    @Test func `a store without unlock refuses with that reason`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        var store = try house.store("staff")
        store.capabilities = StoreCapabilities(unlock: .unsupported(reason: "This kind has none."))
        let target = try await TargetFacts.load(
            house.id("anna"), for: house.person(ola), house.collaborators)
        let facts = TargetFacts(
            account: target.account, enrollments: target.enrollments, store: store, hasNoRole: false)
        let authority = try await house.auth.authority(of: ola.account, house.person(ola).credentials)
        #expect(
            facts.decide(.unlockAccount, by: authority, protecting: .none).refusal == .unlockUnsupported)
        #expect(facts.decide(.resetPassword, by: authority, protecting: .none).refusal == nil)
    }

    /// OP-06
    @Test func `resets are capped by the hour, linked accounts counted once`() async throws {
        var limits = SecurityLimits()
        let isLegal = limits.set(SecurityLimits.resetsPerHour, to: 2)
        #expect(isLegal)
        let house = try await TestDesk.open(limits: limits)
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        for key in ["1", "2"] {
            let done = try await house.perform(
                .resetPassword, on: ["anna", "anna.b"], by: ola, verified: false, key: key)
            #expect(done.outcomes == ["done", "done"], "\(done)")
        }
        let third = try await house.perform(.resetPassword, on: ["ben"], by: ola, verified: false, key: "3")
        #expect(third.code == "policy.reset_cap_reached")
        let unlock = try await house.perform(.unlockAccount, on: ["anna"], by: ola, verified: false, key: "4")
        #expect(unlock.outcomes == ["done"])
        house.clock.advance(by: .seconds(3_601))
        let later = try house.signIn()
        let again = try await house.perform(.resetPassword, on: ["ben"], by: later, verified: false, key: "5")
        #expect(again.outcomes == ["done"])
    }
}
