import Model
import SQL
import Testing

@testable import HelpdeskService

/// What is removed when it has served its time.
@Suite struct MaintenanceTests {
    /// CR-03, PR-03
    @Test func `a key is kept for a day, an operation for a week`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let done = try await house.perform(.unlockAccount, by: ola, key: "1")
        let operation = try required(done.operation)
        let maintenance = Maintenance(collaborators: house.collaborators)
        house.clock.advance(by: .seconds(86_300))
        try await maintenance.purge()
        let request = IdempotentRequest(operatorAccount: ola.account, key: "1", fingerprint: [])
        #expect(try await standing(request, house) == .reused)
        house.clock.advance(by: .seconds(200))
        try await maintenance.purge()
        #expect(try await standing(request, house) == .new)
        #expect(try await house.database.read { try OperationStore.find(operation, $0) } != nil)
        house.clock.advance(by: .seconds(7 * 86_400))
        try await maintenance.purge()
        #expect(try await house.database.read { try OperationStore.find(operation, $0) } == nil)
        #expect(try await house.database.read { try IntentStore.all(of: operation, $0) }.isEmpty)
        #expect(try await house.history(.unlock).count == 1, "the history stays")
    }

    /// PW-03
    @Test func `a password is not kept once everything is done`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let done = try await house.perform(.resetPassword, by: ola)
        let operation = try required(done.operation)
        #expect(try await house.database.read { try OperationStore.find(operation, $0)?.sealedPassword } == nil)
    }

    private func standing(_ request: IdempotentRequest, _ house: TestDesk) async throws -> RequestStanding {
        try await house.database.read { try IdempotencyStore.standing(of: request, $0) }
    }
}
