import Directory
import Model
import Platform
import StrictJSON
import Testing

@testable import HelpdeskService

/// Stores, the list of users, one user.
@Suite struct UserTests {
    /// S1, S5
    @Test func `the list goes through everybody by name, page by page, forward and back, with the total`() async throws
    {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        var seen: [String] = []
        var (cursor, previous): (String?, String?)
        repeat {
            let page = await house.send(
                .get, "/v1/users?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""), as: ola)
            #expect(page.status == 200, "\(page)")
            #expect(page.body["total"] == 8)
            seen += page.body["users"]?.arrayValue?.compactMap { $0["login"]?.stringValue } ?? []
            previous = page.body["prevCursor"]?.stringValue
            #expect((previous == nil) == (cursor == nil))
            cursor = page.body["nextCursor"]?.stringValue
        } while cursor != nil
        #expect(seen == ["ada", "anna.b", "anna", "ben", "cora", "ola", "paul", "pia"])
        var back: [String] = []
        while let cursor = previous {
            let page = await house.send(.get, "/v1/users?limit=3&cursor=\(cursor)", as: ola)
            back = (page.body["users"]?.arrayValue?.compactMap { $0["login"]?.stringValue } ?? []) + back
            #expect(page.body["nextCursor"] != nil)
            previous = page.body["prevCursor"]?.stringValue
        }
        #expect(back == Array(seen.prefix(6)))
    }

    /// S1, S2, S4
    @Test func `stores and text narrow the list, rows have the columns`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let found = await house.send(.get, "/v1/users?store=contractors,staff&q=berger", as: ola)
        #expect(found.body["total"] == 2)
        let row = try required(found.body["users"]?.arrayValue?.last)
        #expect(row["name"] == "Anna Berger")
        #expect(row["locked"] == true)
        #expect(row["passwordExpires"] == "never")
        #expect(row["store"]?["domain"] == "staff.example.org")
        #expect(row["enrolledWith"] == [])
        let one = await house.send(.get, "/v1/users?store=contractors", as: ola)
        #expect(one.body["total"] == 1)
    }

    @Test func `a store that does not answer is named, and its rows say how old they are`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.store("staff").script.withLock { $0.readingFailure = .unavailable("down") }
        let page = await house.send(.get, "/v1/users", as: ola)
        #expect(page.body["unavailableStores"] == ["staff"])
        let rows = page.body["users"]?.arrayValue ?? []
        #expect(rows.count == 8 && page.body["total"] == 8)
        for row in rows {
            let isOld = row["store"]?["id"] == "staff"
            #expect((row["asOf"] != nil) == isOld)
            #expect(!isOld || row["asOf"]?.stringValue == house.clock.now().rfc3339)
        }
        let ready = await house.send(.get, "/readyz", as: nil)
        #expect(ready.status == 200)
        #expect(ready.body["status"] == "degraded")
        let user = await house.send(.get, "/v1/users/\(try house.id("anna"))", as: ola)
        #expect(user.status == 503)
        #expect(user.code == "helpdesk.store_unavailable")
    }

    @Test func `a store that hangs makes two pages wait and then none`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let asked = Lock(0)
        try house.store("staff").script.withLock {
            $0.beforeReading = {
                asked.withLock { $0 += 1 }
                await SystemClock().sleep(for: .seconds(600))
            }
        }
        for _ in 0..<5 {
            let page = await house.send(.get, "/v1/users", as: ola)
            #expect(page.body["unavailableStores"] == ["staff"] && page.body["total"] == 8)
        }
        #expect(asked.withLock { $0 } == 2)
    }

    @Test func `a store that was silent is asked again after a while, and once it answers by everybody`() throws {
        let store = try required(StoreID("staff"))
        let silent = SilentStores(pause: .zero)
        for _ in 0..<3 { silent.wasSilent(store) }
        #expect(silent.mayAsk(store))
        let patient = SilentStores(pause: .seconds(600))
        for _ in 0..<2 { patient.wasSilent(store) }
        #expect(!patient.mayAsk(store))
        patient.answered(store)
        #expect(patient.mayAsk(store))
    }

    @Test func `what cannot be asked for is refused with its place`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let wrong = [
            ("limit=0", 400, "web.invalid_query"), ("limit=1001", 400, "web.invalid_query"),
            ("limit=+5", 400, "web.invalid_query"), ("nonsense=1", 400, "web.invalid_query"),
            ("cursor=%25", 400, "web.invalid_cursor"), ("cursor=WzFd", 400, "web.invalid_cursor"),
            ("cursor=WyJzdGFmZiIsIngiXQ", 400, "web.invalid_cursor"),
            ("store=nowhere", 404, "helpdesk.store_not_found"), ("store=", 400, "web.invalid_query"),
            ("q=", 400, "web.invalid_query"), ("enrolledWith=fax", 400, "web.invalid_query"),
            ("cursor=WyJ4IiwiYSIsInN0YWZmIiwiYSJd", 400, "web.invalid_cursor"),
            ("cursor=WyJuIiwiYSIsIiIsImEiXQ", 400, "web.invalid_cursor"),
        ]
        for (query, status, code) in wrong {
            let answer = await house.send(.get, "/v1/users?\(query)", as: ola)
            #expect(answer.status == status, "\(query): \(answer)")
            #expect(answer.code == code, "\(query): \(answer)")
        }
        try house.desk { $0.scope = [house.stores[1].id] }
        #expect(await house.send(.get, "/v1/users?store=staff", as: ola).code == "policy.store_out_of_scope")
        #expect(await house.send(.get, "/v1/users/\(try house.id("anna"))", as: ola).status == 403)
        #expect(await house.send(.get, "/v1/users/staff~nobody", as: ola).status == 404)
        #expect(await house.send(.get, "/v1/users/x", as: ola).status == 404)
    }

    /// R1, R4, V1
    @Test func `the detail says what may be done, with which pages, and about linked accounts`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let restricted = await house.send(.get, "/v1/users/\(try house.id("anna"))", as: ola).body
        let reset = restricted["actions"]?["resetPassword"]
        #expect(reset?["pages"] == ["authenticate", "reset"])
        #expect(reset?["skippable"] == false)
        let linked = try required(restricted["linkedAccounts"]?.arrayValue?.first)
        #expect(linked["login"] == "anna.b")
        #expect(linked["locked"] == true)
        #expect(linked["actions"]?["unlockAccount"]?["allowed"] == true)
        #expect(linked["requiresReset"] == false)
        let unenrolled = await house.send(.get, "/v1/users/\(try house.id("ben"))", as: ola).body
        #expect(unenrolled["actions"]?["resetPassword"]?["code"] == "policy.not_enrolled")
        #expect(unenrolled["actions"]?["resetPassword"]?["sentence"]?.stringValue?.isEmpty == false)
        try house.policy(.with(mode: .unrestricted, skipNeedsReason: true))
        let open = await house.send(.get, "/v1/users/\(try house.id("ben"))", as: ola).body
        #expect(open["actions"]?["unlockAccount"]?["pages"] == ["unlock"])
        #expect(open["actions"]?["unlockAccount"]?["skippable"] == true)
        #expect(open["actions"]?["unlockAccount"]?["skipNeedsReason"] == true)
        #expect(open["reset"]?["methods"] == ["newPassword"])
    }

    @Test func `stores tell what they can do, and passwords are made to their rules`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let stores = await house.send(.get, "/v1/stores", as: ola).body["stores"]?.arrayValue
        #expect(stores?.compactMap { $0["id"]?.stringValue } == ["staff", "contractors"])
        #expect(stores?.first?["unlock"]?["supported"] == true)
        let first = await house.send(.post, "/v1/passwords", as: ola, ["store": "staff"])
        let second = await house.send(.post, "/v1/passwords", as: ola, ["store": "staff"])
        #expect(first.body["password"]?.stringValue?.count == 16)
        #expect(first.body["password"] != second.body["password"])
        #expect(await house.send(.post, "/v1/passwords", as: ola, ["store": "nowhere"]).status == 404)
    }

    /// OP-02
    @Test func `each row opens to its own permission and no other`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let rows = HelpdeskRoutes(collaborators: house.collaborators, metrics: .init()).table
        let paths = try house.id("anna").text
        for row in rows {
            guard case .permission(let needed) = row.access else { continue }
            let path = row.pattern.replacing("{id}", with: paths).replacing("{approval}", with: "a1")
                .replacing("{notice}", with: "n1").replacing("{link}", with: "l1")
                .replacing("{message}", with: "m1").replacing("{kind}", with: "newPassword")
                .replacing("{account}", with: paths)
                .replacing("{store}", with: "staff").replacing("{role}", with: "night")
            try house.desk { $0.permissions = Set(Permission.allCases).subtracting([needed]) }
            let refused = await house.send(row.method, path, as: ola)
            #expect(refused.code == "policy.permission_missing", "\(row.operation)")
            try house.desk { $0.permissions = [needed] }
            let passed = await house.send(row.method, path, as: ola)
            #expect(passed.code != "policy.permission_missing", "\(row.operation)")
        }
        #expect(rows.count { $0.access == .anybody } == 11)
        let asked = rows.filter { $0.access == .signedIn }.map(\.operation)
        #expect(asked.count == 12, "\(asked)")
    }
}
