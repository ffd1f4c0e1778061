import AuthAPI
import AuthClient
import Crypto
import Model
import Testing

@testable import HelpdeskService

/// Forged, swapped, expired, replayed and borrowed proofs and tokens are refused (VS-09, TK-01, TK-02).
@Suite struct ProofTests {
    static let lies = HelpdeskAction.allCases.flatMap { action in
        ScriptedAuth.ProofLie.allCases.map { (action, $0) }
    }

    /// VS-09, TK-01, TK-02
    @Test(arguments: lies)
    func `a proof that is not exactly right does nothing`(
        action: HelpdeskAction, lie: ScriptedAuth.ProofLie
    ) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        house.auth.change { $0.lie = lie }
        let refused = try await house.perform(action, by: ola)
        #expect(refused.status == 403, "\(refused)")
        #expect(refused.code == "helpdesk.proof_refused")
        #expect(house.writes.isEmpty)
        #expect(await house.delivered().isEmpty)
        #expect(try await house.history(.refusal).map(\.reason) == ["helpdesk.proof_refused"])
    }

    /// VS-02
    @Test func `a verification for one action is no proof for the other`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        let refused = await house.send(
            .post, try house.path(.resetPassword, "anna"), as: ola,
            try house.act(.resetPassword, on: ["anna"], verification: verification), key: "1")
        #expect(refused.code == "helpdesk.proof_refused")
        #expect(house.writes.isEmpty)
    }

    /// VS-02
    @Test func `a verification of one person is no proof for another`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("cora", for: .unlockAccount, by: ola)
        let refused = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
        #expect(refused.code == "helpdesk.proof_refused")
        #expect(house.writes.isEmpty)
    }

    /// VS-02, ST-01
    @Test func `a verification belongs to its operator and session`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        for other in [try house.signIn("pia"), try house.signIn("ola")] {
            let refused = await house.send(
                .post, try house.path(.unlockAccount, "anna"), as: other,
                try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
            #expect(refused.code == "auth.verification_not_found", "\(refused)")
        }
        #expect(house.writes.isEmpty)
    }

    /// VS-09
    @Test func `a proof is good for one operation`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        let body = try house.act(.unlockAccount, on: ["anna"], verification: verification)
        let path = try house.path(.unlockAccount, "anna")
        #expect(await house.send(.post, path, as: ola, body, key: "1").outcomes == ["done"])
        let replayed = await house.send(.post, path, as: ola, body, key: "2")
        #expect(replayed.status == 409)
        #expect(replayed.code == "auth.proof_redeemed")
        #expect(house.writes.count == 1)
    }

    /// TK-01, TK-02
    @Test func `tokens of another kind, key, audience or time open nothing`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let auth = house.auth
        let stranger = try SigningKey.generate()
        let expired = try auth.accessToken(of: ola.account, session: ola.session, lifetime: .seconds(1))
        house.clock.advance(by: .seconds(60))
        let wrong = [
            expired, "", "x", "a.b.c",
            try auth.accessToken(of: ola.account, session: ola.session, type: .proof),
            try auth.accessToken(of: ola.account, session: ola.session, type: .service),
            try auth.accessToken(of: ola.account, session: ola.session, key: stranger),
            try auth.accessToken(of: ola.account, session: ola.session, audience: [AuthNames.authService]),
        ]
        let rows = HelpdeskRoutes(collaborators: house.collaborators, metrics: .init()).table
        for row in rows where row.access != .anybody {
            let path = row.pattern.replacing("{id}", with: try house.id("anna").text).replacing(/\{[a-z]+\}/, with: "x")
            for token in wrong {
                let person = TestOperator(account: ola.account, session: ola.session, token: token)
                let answer = await house.send(row.method, path, as: person)
                #expect(answer.status == 401, "\(row.operation): \(answer)")
                #expect(answer.code == "helpdesk.not_signed_in")
            }
            #expect(await house.send(row.method, path, as: nil).status == 401, "\(row.operation)")
        }
    }

    /// OP-01
    @Test func `a session that has ended acts no more, at once`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let verification = try await house.verified("anna", for: .unlockAccount, by: ola)
        #expect(await house.send(.delete, "/v1/sessions/current", as: ola).status == 204)
        let late = await house.send(
            .post, try house.path(.unlockAccount, "anna"), as: ola,
            try house.act(.unlockAccount, on: ["anna"], verification: verification), key: "1")
        #expect(late.status == 401)
        #expect(house.writes.isEmpty)
    }
}
