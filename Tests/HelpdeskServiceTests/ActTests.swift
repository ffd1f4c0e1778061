import Audit
import Directory
import Messaging
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// Resets and unlocks as they should go, and as directories and passwords say no to them.
@Suite struct ActTests {
    /// VS-10, R2, R8
    @Test func `a proved reset sets the password, sends it and tells the owner everywhere`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let done = await house.send(
            .post, try house.path(.resetPassword, "anna"), as: ola,
            try house.act(
                .resetPassword, on: ["anna"], verification: verification, deliver: ["email": "enrolled-mail"]),
            key: "1")
        #expect(done.status == 200)
        #expect(done.outcomes == ["done"])
        #expect(done.body["verification"] == "proved")
        let password = try required(done.body["password"]?.stringValue)
        #expect(password.count == 16)
        #expect(
            await house.delivered() == [
                "newPassword anna.private@example.org", "passwordReset +15550100100",
                "passwordReset anna.private@example.org", "passwordReset anna@people.example.org",
            ])
        let store = try house.store("staff")
        let outcome = try await store.signIn(login: "anna", password: Secret(password))
        guard case .accepted(let account) = outcome else {
            Issue.record("the new password does not sign in: \(outcome)")
            return
        }
        #expect(account.mustChange)
        #expect(house.messages.withLock { $0.contains { $0.text.contains(password) } })
    }

    /// R13, H2, H3
    @Test func `the history says who did what, to whom, how, from where`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let done = try await house.perform(.resetPassword, by: ola)
        let rows = try await house.history(.reset)
        let row = try required(rows.first)
        #expect(rows.count == 1)
        #expect(row.outcome == .success)
        #expect(row.actor == ola.account)
        #expect(row.actorKind == .operator)
        #expect(row.subject == (try house.id("anna")))
        #expect(row.store?.text == "staff")
        #expect(row.operation == done.operation)
        #expect(row.session == ola.session)
        #expect(row.source == "192.0.2.7")
        #expect(row.client == "console/1")
        #expect(row.detail.contains(JSONMember(name: "lockCleared", value: true)))
        #expect(row.detail.contains(JSONMember(name: "password", value: "generated")))
    }

    @Test func `a proved unlock clears the lock and keeps the password`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let anna = try house.id("anna")
        #expect(try await house.store("staff").account(anna)?.isLocked == true)
        let done = try await house.perform(.unlockAccount, by: ola)
        #expect(done.outcomes == ["done"])
        #expect(done.body["password"] == nil)
        #expect(try await house.store("staff").account(anna)?.isLocked == false)
        let outcome = try await house.store("staff").signIn(login: "anna", password: Secret(TestDesk.password))
        #expect(outcome.rejectedBecause == nil)
        #expect(await house.delivered().allSatisfy { $0.hasPrefix("accountUnlocked") })
    }

    /// R7
    @Test func `each of several accounts has an outcome of its own`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("contractors").script.withLock { $0.failures = [.unavailable("down")] }
        let done = try await house.perform(.resetPassword, on: ["anna", "anna.b"], by: ola)
        #expect(done.outcomes == ["done", "failed"])
        #expect(done.reasons == ["helpdesk.store_unavailable"])
        #expect(house.writes.count == 1)
        let rows = try await house.history(.reset)
        #expect(rows.map(\.outcome) == [.success, .failure])
        let told = await house.delivered()
        #expect(!told.contains { $0.contains("anna.b@") }, "\(told)")
    }

    /// PW-01
    @Test func `a weak password is refused before anything is consumed`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        for weak in ["short", "passwordpassword", "annaberger-2026-x"] {
            let body: JSON = .object([
                "accounts": [.string(try house.id("anna").text)], "verification": .string(verification.text),
                "method": "newPassword", "password": .string(weak),
            ])
            let refused = await house.send(.post, try house.path(.resetPassword, "anna"), as: ola, body, key: weak)
            #expect(refused.status == 422)
            #expect(refused.code == "helpdesk.password_refused", "\(refused)")
            #expect(refused.body["problems"]?.arrayValue?.isEmpty == false)
        }
        #expect(house.auth.change { $0.redemptions } == 0)
        #expect(house.writes.isEmpty)
    }

    /// PW-01
    @Test func `the directory's own refusal is passed on in its words`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("staff").script.withLock {
            $0.failures = [.refused(code: "password.in_history", message: "The password was used before.")]
        }
        let done = try await house.perform(.resetPassword, by: ola)
        #expect(done.status == 200)
        #expect(done.outcomes == ["failed"])
        #expect(done.reasons == ["password.in_history"])
        #expect(done.body["results"]?.arrayValue?.first?["message"] == "The password was used before.")
        #expect(await house.delivered().isEmpty)
    }

    /// R11
    @Test func `a role that may not see passwords gets none`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(operatorMaySeePassword: false))
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let done = await house.send(
            .post, try house.path(.resetPassword, "anna"), as: ola,
            try house.act(
                .resetPassword, on: ["anna"], verification: verification, deliver: ["email": "enrolled-mail"]),
            key: "1")
        #expect(done.outcomes == ["done"], "\(done)")
        #expect(done.body["password"] == nil)
        let made = await house.send(.post, "/v1/passwords", as: ola, ["store": "staff"])
        #expect(made.code == "policy.typed_password_not_allowed")
    }

    /// R9, AC-06
    @Test func `an address that is not one of the user's is refused`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let wrong: [(JSON, String)] = [
            (["email": "somebody-elses"], "/deliver/email"), (["mobile": "enrolled-mail"], "/deliver/mobile"),
        ]
        for (deliver, pointer) in wrong {
            let refused = await house.send(
                .post, try house.path(.resetPassword, "anna"), as: ola,
                try house.act(.resetPassword, on: ["anna"], verification: verification, deliver: deliver),
                key: pointer)
            #expect(refused.code == "helpdesk.contact_unknown")
            #expect(refused.body["pointer"] == .string(pointer))
        }
        #expect(house.writes.isEmpty)
    }

    /// R12
    @Test func `an unenrolled user is served from the directory`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let user = await house.send(.get, "/v1/users/\(try house.id("ben"))", as: ola)
        let mobile = try required(user.body["contacts"]?.arrayValue?.first { $0["channel"] == "sms" }?["id"])
        let done = await house.send(
            .post, try house.path(.resetPassword, "ben"), as: ola,
            try house.act(.resetPassword, on: ["ben"], deliver: ["mobile": mobile]), key: "1")
        #expect(done.outcomes == ["done"], "\(done)")
        #expect(await house.delivered().contains("newPassword +15550100101"))
    }

    /// VS-10
    @Test func `a target that changed in the meantime is not written`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let anna = try house.id("anna")
        let store = try house.store("staff")
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        let reads = Counting()
        let other: OperationID = try required(OperationID("somebody-else"))
        store.script.withLock { script in
            script.beforeReading = {
                // The second reading of the act is the one just before the write.
                if reads.next() == 2 { _ = try? await store.wrapped.unlock(anna, operation: other) }
            }
        }
        let done = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
        #expect(done.outcomes == ["failed"], "\(done)")
        #expect(done.reasons == ["helpdesk.account_changed"])
        #expect(house.writes.isEmpty)
    }

    /// IN-01
    @Test func `a malformed request names the place and changes nothing`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let anna = JSON.string(try house.id("anna").text)
        let wrong: [(JSON, String)] = [
            (["method": "newPassword", "generate": true], "/accounts"),
            (["accounts": [], "method": "newPassword", "generate": true], "/accounts"),
            (["accounts": [anna, anna], "method": "newPassword", "generate": true], "/accounts/1"),
            (["accounts": ["x"], "method": "newPassword", "generate": true], "/accounts/0"),
            (["accounts": [anna], "method": "carrierPigeon", "generate": true], "/method"),
            (["accounts": [anna], "method": "newPassword"], "/password"),
            (["accounts": [anna], "method": "newPassword", "generate": true, "password": "x"], "/generate"),
            (["accounts": [anna], "method": "newPassword", "generate": true, "extra": 1], "/extra"),
            (["accounts": [anna], "method": "newPassword", "generate": true, "verification": "?"], "/verification"),
            (["accounts": [anna], "method": "newPassword", "generate": true, "deliver": ["fax": "x"]], "/deliver/fax"),
        ]
        for (body, pointer) in wrong {
            let refused = await house.send(.post, try house.path(.resetPassword, "anna"), as: ola, body, key: "1")
            #expect(refused.status == 400)
            #expect(refused.body["pointer"] == .string(pointer), "\(refused)")
        }
        #expect(house.writes.isEmpty)
        #expect(try await house.history(.operation).isEmpty)
    }
}
