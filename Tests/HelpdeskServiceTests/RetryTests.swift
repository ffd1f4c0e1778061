import Audit
import Directory
import Model
import StrictJSON
import Testing

@testable import HelpdeskService

/// Trying the failed accounts of an operation again (R7).
@Suite struct RetryTests {
    /// An operation over both of anna's accounts whose second has failed.
    private func failed(
        _ house: TestDesk, _ action: HelpdeskAction, by ola: TestOperator, error: StoreError = .unavailable("down")
    ) async throws -> OperationID {
        try house.store("contractors").script.withLock { $0.failures = [error] }
        let done = try await house.perform(action, on: ["anna", "anna.b"], by: ola)
        #expect(done.outcomes == ["done", "failed"])
        return try required(done.operation)
    }

    /// R7
    @Test(arguments: HelpdeskAction.allCases)
    func `only what failed is tried again, without a second proof`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let operation = try await failed(house, action, by: ola)
        let again = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "2")
        #expect(again.status == 200, "\(again)")
        #expect(again.outcomes == ["done", "done"])
        #expect(again.body["password"] == nil)
        #expect(again.operation == operation)
        #expect(house.writes.count == 2)
        #expect(house.auth.change { $0.redemptions } == 1)
        let repeated = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "2")
        #expect(repeated.outcomes == ["done", "done"])
        let third = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "3")
        #expect(third.status == 409)
        #expect(third.code == "helpdesk.nothing_to_retry")
        #expect(house.writes.count == 2)
    }

    /// R7
    @Test func `both accounts get the same password`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("contractors").script.withLock { $0.failures = [.unavailable("down")] }
        let done = try await house.perform(.resetPassword, on: ["anna", "anna.b"], by: ola)
        let password = Secret(try required(done.body["password"]?.stringValue))
        _ = await house.send(.post, "/v1/operations/\(try required(done.operation))/retries", as: ola, key: "2")
        for (store, login) in [("staff", "anna"), ("contractors", "anna.b")] {
            let outcome = try await house.store(store).signIn(login: login, password: password)
            #expect(outcome.rejectedBecause == nil, "\(login)")
        }
    }

    /// PW-03
    @Test func `after 15 minutes it is too late, and the password is wiped`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let operation = try await failed(house, .resetPassword, by: ola)
        house.clock.advance(by: .seconds(901))
        let fresh = TestOperator(
            account: ola.account, session: ola.session,
            token: try house.auth.accessToken(of: ola.account, session: ola.session))
        let late = await house.send(.post, "/v1/operations/\(operation)/retries", as: fresh, key: "2")
        #expect(late.code == "helpdesk.retry_too_late")
        try await Maintenance(collaborators: house.collaborators).wipePasswords()
        let kept = try await house.database.read { try OperationStore.find(operation, $0)?.sealedPassword }
        #expect(kept == nil)
    }

    /// OP-01
    @Test func `session, role and target are looked at anew`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let operation = try await failed(house, .unlockAccount, by: ola)
        let path = "/v1/operations/\(operation)/retries"
        #expect(
            await house.send(.post, path, as: try house.signIn("pia"), key: "p").code == "helpdesk.operation_not_found")
        #expect(
            await house.send(.post, path, as: try house.signIn("ola"), key: "o").code == "helpdesk.operation_not_found")
        try house.desk { $0.permissions = [.resetAnyPassword] }
        #expect(await house.send(.post, path, as: ola, key: "2").code == "policy.permission_missing")
        try house.desk { $0.permissions = [.unlockAnyAccount] }
        try house.policy(.with(container: Container(components: ["Elsewhere"])))
        #expect(await house.send(.post, path, as: ola, key: "3").code == "policy.outside_container")
        house.auth.change { _ = $0.endedSessions.insert(ola.session) }
        #expect(await house.send(.post, path, as: ola, key: "4").status == 401)
        #expect(house.writes.count == 1)
    }

    /// VS-11
    @Test func `a skip does not stand once the role has become restricted`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        try house.store("staff").script.withLock { $0.failures = [.unavailable("down")] }
        let done = try await house.perform(.unlockAccount, by: ola, verified: false)
        #expect(done.outcomes == ["failed"])
        try house.policy(.with(mode: .restricted))
        let path = "/v1/operations/\(try required(done.operation))/retries"
        #expect(await house.send(.post, path, as: ola, key: "2").code == "helpdesk.caller_not_verified")
        #expect(house.writes.isEmpty)
    }

    @Test func `an operation is seen by its operator alone`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let operation = try await failed(house, .unlockAccount, by: ola)
        let seen = await house.send(.get, "/v1/operations/\(operation)", as: ola)
        #expect(seen.outcomes == ["done", "failed"])
        #expect(seen.body["delivery"]?.arrayValue?.allSatisfy { $0["state"] == "ready" } == true)
        _ = await house.delivered()
        let later = await house.send(.get, "/v1/operations/\(operation)", as: ola)
        #expect(later.body["delivery"]?.arrayValue?.allSatisfy { $0["state"] == "sent" } == true, "\(later)")
        #expect(await house.send(.get, "/v1/operations/\(operation)", as: try house.signIn("pia")).status == 404)
    }
}
