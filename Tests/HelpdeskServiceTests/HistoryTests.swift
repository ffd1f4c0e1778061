import Audit
import AuthAPI
import Crypto
import Model
import SQL
import StrictJSON
import TestSupport
import Testing

@testable import HelpdeskService

/// The history and the copy of the auth service's events in it.
@Suite struct HistoryTests {
    /// Events of the auth service, made in a chain of its own.
    private func events(_ house: TestDesk, _ bodies: [AuditEvent]) async throws -> [JSON] {
        let folder = TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.file("auth.db"))
        try await Migrator.migrate(
            database, AuditLog.migrations, component: AuditLog.component, now: house.clock.now())
        let log = AuditLog(service: AuthNames.authService)
        try await database.write { transaction in
            for event in bodies { try log.append(event, in: transaction) }
        }
        return try await database.read { try AuditReader.records(after: 0, limit: 1_000, $0).map(\.json) }
    }

    private func enrollment(_ kind: AuditKind, _ type: AuthenticationType, _ house: TestDesk) throws -> AuditEvent {
        let anna = try house.id("anna")
        return AuditEvent(kind, by: .endUser, anna, at: house.clock.now()).about(anna).with { $0.type = type }
    }

    /// H1, H2
    @Test func `the auth service's events come once, and the list shows enrollments`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let all = try await events(
            house,
            [
                enrollment(.enroll, .email, house), enrollment(.enroll, .mobile, house),
                enrollment(.unenroll, .mobile, house),
                enrollment(.enroll, .authenticator, house).with { $0.outcome = .failure },
            ])
        house.auth.change { $0.events = Array(all.prefix(2)) }
        let copy = FeedCopy(collaborators: house.collaborators)
        #expect(try await copy.copyPage() == 2)
        #expect(try await copy.copyPage() == 0)
        house.auth.change { $0.events = all }
        #expect(try await copy.copyPage() == 2)
        let rows = try await house.history()
        #expect(rows.map { $0.event.origin?.sequence } == [1, 2, 3, 4])
        let listed = await house.send(.get, "/v1/users?q=berger&store=staff", as: ola)
        #expect(listed.body["users"]?.arrayValue?.first?["enrolledWith"] == ["email"])
    }

    @Test func `replicas copy the same event once between them`() async throws {
        let house = try await TestDesk.open()
        let all = try await events(house, (0..<150).map { _ in try enrollment(.enroll, .email, house) })
        house.auth.change { $0.events = all }
        let replica = try await house.restart(node: "desk-2", closing: false)
        async let first = FeedCopy(collaborators: house.collaborators).copyPage()
        async let second = FeedCopy(collaborators: replica.collaborators).copyPage()
        _ = try await (first, second)
        #expect(try await house.history().count == 150)
    }

    @Test func `an event out of order is not copied`() async throws {
        let house = try await TestDesk.open()
        let all = try await events(house, (0..<3).map { _ in try enrollment(.enroll, .email, house) })
        house.auth.change { $0.events = all.reversed() }
        await #expect(throws: FeedError.self) { try await FeedCopy(collaborators: house.collaborators).copyPage() }
        #expect(try await house.history().isEmpty)
    }

    /// H1
    @Test func `a user's history has what was done to and by them, linked accounts too, newest first`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        _ = try await house.perform(.unlockAccount, on: ["anna.b"], by: ola, key: "1")
        house.clock.advance(by: .seconds(1))
        _ = try await house.perform(.resetPassword, on: ["anna"], by: ola, key: "2")
        house.clock.advance(by: .seconds(1))
        _ = try await house.perform(.unlockAccount, on: ["cora"], by: ola, key: "3")
        let path = "/v1/users/\(try house.id("anna"))/history"
        let anna = await house.send(.get, path + "?kind=reset,unlock", as: ola)
        #expect(anna.body["events"]?.arrayValue?.compactMap { $0["kind"]?.stringValue } == ["reset", "unlock"])
        #expect(anna.body["events"]?.arrayValue?.last?["service"] == "latchkey-helpdesk")
        let byOla = await house.send(.get, "/v1/users/\(ola.account)/history?kind=unlock", as: ola)
        #expect(byOla.body["events"]?.arrayValue?.count == 2)
    }

    /// H1
    @Test func `the history of all is paged, filtered, and ends at the role's stores`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        for (index, login) in ["anna", "anna.b", "cora"].enumerated() {
            house.clock.advance(by: .seconds(1))
            _ = try await house.perform(.unlockAccount, on: [login], by: ola, key: "\(index)")
        }
        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = await house.send(
                .get, "/v1/history?kind=unlock&limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""), as: ola)
            seen += page.body["events"]?.arrayValue?.compactMap { $0["subject"]?.stringValue } ?? []
            cursor = page.body["nextCursor"]?.stringValue
        } while cursor != nil
        #expect(seen == (try ["cora", "anna.b", "anna"].map { try house.id($0).text }))
        let failed = await house.send(.get, "/v1/history?outcome=failure", as: ola)
        #expect(failed.body["events"] == [])
        let since = (house.clock.now() - .milliseconds(500)).rfc3339
        let recent = await house.send(.get, "/v1/history?kind=unlock&from=\(since)", as: ola)
        #expect(recent.body["events"]?.arrayValue?.count == 1)
        try house.desk { $0.scope = [house.stores[1].id] }
        let narrow = await house.send(.get, "/v1/history?kind=unlock", as: ola)
        #expect(narrow.body["events"]?.arrayValue?.count == 1)
        #expect(await house.send(.get, "/v1/history?store=staff", as: ola).code == "policy.store_out_of_scope")
        for wrong in ["kind=nonsense", "from=yesterday", "outcome=", "limit=201", "cursor=WzEsMF0"] {
            #expect(await house.send(.get, "/v1/history?\(wrong)", as: ola).status == 400, "\(wrong)")
        }
    }
}
