import Audit
import AuthAPI
import Crypto
import Hosting
import Model
import SQL
import StrictJSON
import TestSupport
import Testing
import Web

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
        for wrong in [
            "kind=nonsense", "from=yesterday", "outcome=", "performedBy=operator", "device=", "limit=201",
            "cursor=WzEsMF0",
        ] {
            #expect(await house.send(.get, "/v1/history?\(wrong)", as: ola).status == 400, "\(wrong)")
        }
    }

    /// H1
    @Test func `the history says how many rows there are, and leads back`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        for index in 0..<5 {
            house.clock.advance(by: .seconds(1))
            _ = try await house.perform(.unlockAccount, on: ["anna"], by: ola, key: "\(index)")
        }
        let first = await house.send(.get, "/v1/history?kind=unlock&limit=2", as: ola)
        #expect(first.body["total"] == 5)
        #expect(first.body["totalIsExact"] == true)
        #expect(first.body["prevCursor"] == nil)
        let next = try required(first.body["nextCursor"]?.stringValue)
        let second = await house.send(.get, "/v1/history?kind=unlock&limit=2&cursor=\(next)", as: ola)
        let back = try required(second.body["prevCursor"]?.stringValue)
        let again = await house.send(.get, "/v1/history?kind=unlock&limit=2&cursor=\(back)", as: ola)
        #expect(again.body["events"] == first.body["events"])
        #expect(again.body["prevCursor"] == nil)
        for (filter, count) in [
            ("device=CONSOLE", 5), ("device=192.0.2.7", 5), ("device=browser", 0), ("performedBy=endUser", 0),
        ] {
            let answer = await house.send(.get, "/v1/history?kind=unlock&\(filter)", as: ola)
            #expect(answer.body["events"]?.arrayValue?.count == count, "\(filter)")
        }
    }

    /// H3, OP-06, AU-02
    @Test func `an export has the rows of the list and is in the history, with their number`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        for index in 0..<3 { _ = try await house.perform(.unlockAccount, on: ["anna"], by: ola, key: "\(index)") }
        let answer = await house.send(
            .post, "/v1/history/exports", as: ola,
            ["format": "csv", "filter": ["kind": ["unlock"], "store": ["staff"], "performedBy": ["helpdesk"]]])
        #expect(answer.status == 200)
        let date = house.clock.now().rfc3339.prefix(10)
        #expect(
            answer.response.header("Content-Disposition") == "attachment; filename=\"latchkey-history-\(date).csv\"")
        #expect(answer.response.header("Content-Type")?.hasPrefix("text/csv") == true)
        let lines = String(decoding: answer.response.body, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("At,Kind,Outcome,") == true)
        #expect(lines.dropFirst().allSatisfy { $0.contains(",unlock,success,") && $0.contains("console/1") })
        let events = try await house.history(.export)
        #expect(events.map { JSON.object($0.detail)["phase"] } == ["begun", "ended"])
        #expect(events.map(\.action) == ["history", "history"])
        #expect(events.allSatisfy { $0.actor == ola.account })
        #expect(JSON.object(try required(events.last).detail)["rows"] == 3)
    }

    /// OP-06
    @Test func `an export that breaks off is recorded as such, and one that is refused too`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        _ = try await house.perform(.unlockAccount, on: ["anna"], by: ola, key: "1")
        let request = Request(
            .post, "/v1/history/exports",
            headers: ["Authorization": "Bearer \(ola.token)", "Content-Type": "application/json"],
            body: Array(#"{"format":"xml"}"#.utf8))
        let stream = try required(await house.router.respond(to: request).stream)
        let pipe = BodyPipe(wake: {})
        pipe.breakOff()
        await #expect(throws: BodyPipeClosed.self) { try await stream.produce(pipe) }
        #expect(try await house.history(.export).map(\.reason) == [nil, "export.broken_off"])
        try house.desk { $0.scope = [house.stores[1].id] }
        let refused = await house.send(
            .post, "/v1/history/exports", as: ola, ["format": "csv", "filter": ["store": ["staff"]]])
        #expect(refused.code == "policy.store_out_of_scope")
        try house.desk { $0.permissions = [.searchUsers] }
        let forbidden = await house.send(.post, "/v1/history/exports", as: ola, ["format": "csv"])
        #expect(forbidden.code == "policy.permission_missing")
        #expect(
            try await house.history(.refusal).map(\.reason)
                == ["policy.store_out_of_scope", "policy.permission_missing"])
        #expect(try await house.history(.export).count == 2)
    }

    @Test func `what an export asks is read strictly`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let wrong: [JSON] = [
            ["format": "pdf"], [:], ["format": "csv", "filter": ["kind": ["nonsense"]]], ["format": "csv", "rows": 1],
            ["format": "csv", "filter": ["kind": []]], ["format": "csv", "filter": ["from": "yesterday"]],
        ]
        for body in wrong {
            let answer = await house.send(.post, "/v1/history/exports", as: ola, body)
            #expect(answer.status == 400 && answer.code == "web.invalid_body", "\(body)")
        }
        #expect(try await house.history(.export).isEmpty)
    }

    @Test func `more exports at a time than a process makes are put off`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        var places = (0..<ExportDesk.mostAtATime).compactMap { _ in house.collaborators.exports.place() }
        #expect(places.count == ExportDesk.mostAtATime)
        let answer = await house.send(.post, "/v1/history/exports", as: ola, ["format": "xlsx"])
        #expect(answer.code == "helpdesk.too_many_exports")
        places.removeLast()
        #expect(await house.send(.post, "/v1/history/exports", as: ola, ["format": "xlsx"]).status == 200)
    }

    /// PR-03
    @Test func `rows go when their time is over, and the chain still verifies`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        _ = try await house.perform(.unlockAccount, on: ["anna"], by: ola, key: "old")
        let old = try await house.history().count
        house.clock.advance(by: .seconds(40 * 86_400))
        let now = house.clock.now()
        try await house.database.write { [audit = house.collaborators.audit] transaction in
            for _ in 0..<3 { try audit.append(AuditEvent(.signOut, by: .endUser, at: now), in: transaction) }
        }
        func retention(_ days: Int?) -> HistoryRetention {
            HistoryRetention(
                audit: house.collaborators.audit, database: house.database, clock: house.clock, days: days,
                log: house.collaborators.log)
        }
        #expect(try await retention(nil).purge() == 0)
        #expect(try await retention(41).purge() == 0)
        #expect(try await retention(30).purge() == old)
        #expect(try await retention(30).purge() == 0)
        #expect(try await house.history().map(\.event.kind) == [.signOut, .signOut, .signOut, .purge])
    }

    /// H1
    @Test func `names lead to what was done to and by people, and are shown beside ids`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        _ = try await house.perform(.unlockAccount, on: ["anna"], by: ola, key: "1")
        _ = try await house.perform(.unlockAccount, on: ["cora"], by: ola, key: "2")
        let about = await house.send(.get, "/v1/history?kind=unlock&name=lindt", as: ola)
        let event = try required(about.body["events"]?.arrayValue?.first)
        #expect(about.body["total"] == 1)
        #expect(event["subjectName"] == "Cora Lindt")
        #expect(event["actorName"] == "Ola Operator")
        let by = await house.send(.get, "/v1/history?kind=unlock&name=ola%20operator", as: ola)
        #expect(by.body["total"] == 2)
        #expect(await house.send(.get, "/v1/history?name=nobody", as: ola).body["events"] == [])
        for (name, lines) in [("lindt", 2), ("ola operator", 3), ("nobody", 1)] {
            let filter: JSON = ["kind": ["unlock"], "name": .string(name)]
            let file = await house.send(
                .post, "/v1/history/exports", as: ola, ["format": "csv", "filter": filter])
            let found = String(decoding: file.response.body, as: UTF8.self).split(separator: "\r\n")
            #expect(found.count == lines, "the heading, and the rows of the list: \(name)")
        }
    }
}
