import Audit
import Model
import StrictJSON
import TestSupport
import Testing
import Web

@testable import AuthService

/// Roles, read and changed by administrators.
@Suite struct RoleAdministrationTests {
    private let night: JSON = .object([
        "name": "night", "store": "staff", "priority": 40, "group": "Searchers",
        "permissions": ["searchUsers", "unlockAnyAccount"], "helpdesk": .object(["requirement": "anyPossession"]),
    ])

    private func body(_ name: String, _ house: TestHouse, changing changes: [JSONMember]) async throws -> JSON {
        let ada = try await house.administrator()
        let shown = await house.send(.get, "/v1/admin/roles/staff/\(name)", as: ada).json
        let kept = (shown.objectValue ?? []).filter { member in
            !["builtIn", "etag", "warnings"].contains(member.name) && !changes.contains { $0.name == member.name }
        }
        return .object(kept + changes)
    }

    /// OP-01, AU-02
    @Test func `a role made by an administrator is in force at once for sessions that are open`() async throws {
        let house = try await TestHouse.open()
        let (sam, ada) = (try await house.signIn("sam"), try await house.administrator())
        let before = try await house.desk(.get, "/v1/operators/\(sam.account)/authority", for: sam)
        #expect(before.json["role"] == "searcher")
        let made = await house.send(.post, "/v1/admin/roles", as: ada, night.with("priority", 25))
        #expect(made.status == 201, "\(made.summary)")
        #expect(made.header("ETag") == made.json["etag"]?.stringValue)
        #expect(made.json["builtIn"] == false)
        let after = try await house.desk(.get, "/v1/operators/\(sam.account)/authority", for: sam)
        #expect(after.json["role"] == "night")
        #expect(after.json["permissions"] == ["searchUsers", "unlockAnyAccount"])
        #expect(after.json["policyVersion"] != before.json["policyVersion"])
        let rows = try await house.events(.configurationChange)
        #expect(rows.map(\.action) == ["roleCreated"] && rows.map(\.actor) == [ada.account])
        #expect(rows.map(\.store) == [TestRoles.staff])
    }

    @Test func `a change says what it was and what it is, and only that`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let shown = await house.send(.get, "/v1/admin/roles/staff/helpdesk", as: ada)
        let tag = try required(shown.header("ETag"))
        let changed = try await body(
            "helpdesk", house, changing: [JSONMember(name: "permissions", value: ["unenroll"])])
        let answer = await house.put("helpdesk", changed, tag: tag, as: ada)
        #expect(answer.status == 200, "\(answer.summary)")
        #expect(answer.json["permissions"] == ["unenroll"])
        #expect(answer.json["helpdesk"] == shown.json["helpdesk"])
        #expect(answer.header("ETag") != tag)
        let row = try required(try await house.events(.configurationChange).first)
        #expect(row.action == "roleChanged")
        let changes = try required(row.detail.first { $0.name == "changes" }?.value.arrayValue)
        #expect(changes.map { $0["setting"] } == ["/permissions"])
        #expect(changes.first?["from"] == shown.json["permissions"])
        #expect(changes.first?["to"] == ["unenroll"])
    }

    @Test func `a change for a state that is past is refused, and without a tag too`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let tag = try required(await house.send(.get, "/v1/admin/roles/staff/searcher", as: ada).header("ETag"))
        let changed = try await body("searcher", house, changing: [JSONMember(name: "permissions", value: [])])
        #expect(await house.put("searcher", changed, tag: nil, as: ada).summary == "428 web.precondition_required")
        #expect(await house.put("searcher", changed, tag: "\"0\"", as: ada).summary == "412 auth.role_changed")
        #expect(await house.put("searcher", changed, tag: tag, as: ada).status == 200)
        #expect(await house.put("searcher", changed, tag: tag, as: ada).summary == "412 auth.role_changed")
        #expect(await house.put("nobody", changed, tag: tag, as: ada).summary == "404 auth.role_not_found")
        #expect(await house.delete("searcher", tag: tag, as: ada).summary == "412 auth.role_changed")
        #expect(try await house.events(.configurationChange).count == 1)
    }

    /// IN-01
    @Test func `everything that is wrong with a role is named at once, by its path`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let wrong: JSON = .object([
            "name": "night", "store": "staff", "priority": 100, "group": "A", "container": "B",
            "permissions": ["fly"], "scope": ["nowhere"], "color": "red",
            "authentication": .object(["enforced": ["mobile"], "enabled": ["email"], "questionsToEnroll": "four"]),
            "helpdesk": .object(["mode": "open", "minimumQuestions": 99]),
        ])
        let answer = await house.send(.post, "/v1/admin/roles", as: ada, wrong)
        #expect(answer.summary == "422 auth.role_invalid")
        let pointers = (answer.json["errors"]?.arrayValue ?? []).compactMap { $0["pointer"]?.stringValue }
        for expected in [
            "/priority", "/group", "/permissions/0", "/scope", "/color", "/authentication/enforced",
            "/authentication/questionsToEnroll", "/helpdesk/mode", "/helpdesk/minimumQuestions",
        ] {
            #expect(pointers.contains(expected), "\(expected) in \(pointers)")
        }
        let cases: [(JSON, String)] = [
            (night.with("priority", 10), "/priority"), (night.with("name", "helpdesk"), "/name"),
            (night.with("group", "A;B"), "/group"), (night.with("priority", 99), "/priority"),
            (night.with("authentication", .object(["questionsToEnroll": 11])), "/authentication/questionsToEnroll"),
        ]
        for (body, pointer) in cases {
            let answer = await house.send(.post, "/v1/admin/roles", as: ada, body)
            #expect(answer.summary == "422 auth.role_invalid")
            #expect(answer.json["pointer"] == .string(pointer))
        }
        let text = await house.send(
            .post, "/v1/admin/roles",
            headers: [("Authorization", "Bearer \(ada.accessToken)"), ("Content-Type", "application/json")],
            bytes: Array("{\"name\": \"a\", \"name\": \"b\"}".utf8))
        #expect(text.summary == "400 web.invalid_body")
        #expect(try await house.events(.configurationChange).isEmpty)
    }

    /// P7
    @Test func `built-in roles can be changed and not removed, and every store keeps its last in line`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        for name in ["administrator", "helpdesk", "user"] {
            let shown = await house.send(.get, "/v1/admin/roles/staff/\(name)", as: ada)
            #expect(shown.json["builtIn"] == true)
            let answer = await house.delete(name, tag: shown.header("ETag"), as: ada)
            #expect(answer.summary == "409 auth.role_built_in")
        }
        let user = try await body("user", house, changing: [JSONMember(name: "priority", value: 98)])
        let tag = await house.send(.get, "/v1/admin/roles/staff/user", as: ada).header("ETag")
        #expect(await house.put("user", user, tag: tag, as: ada).summary == "409 auth.role_last_in_line")
        let other = await house.send(.get, "/v1/admin/roles/staff/searcher", as: ada)
        #expect(await house.delete("searcher", tag: other.header("ETag"), as: ada).status == 204)
        #expect(await house.send(.get, "/v1/admin/roles/staff/searcher", as: ada).summary == "404 auth.role_not_found")
        let row = try required(try await house.events(.configurationChange).first)
        #expect(row.action == "roleRemoved")
    }

    @Test func `nobody takes the configuration out of their own hands`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let tag = await house.send(.get, "/v1/admin/roles/staff/administrator", as: ada).header("ETag")
        let less = try await body("administrator", house, changing: [JSONMember(name: "permissions", value: [])])
        #expect(await house.put("administrator", less, tag: tag, as: ada).summary == "409 auth.role_nobody_manages")
        let elsewhere = try await body(
            "administrator", house, changing: [JSONMember(name: "group", value: "Helpdesk")])
        #expect(await house.put("administrator", elsewhere, tag: tag, as: ada).summary == "409 auth.role_own_lockout")
        let same = try await body("administrator", house, changing: [JSONMember(name: "priority", value: 2)])
        #expect(await house.put("administrator", same, tag: tag, as: ada).status == 200)
    }

    /// OP-04
    @Test func `nobody changes a role of higher rank or another store, or grants reach they do not have`() async throws
    {
        let house = try await TestHouse.open().run(
            roles: TestRoles.with(permissions: [.manageConfiguration], scope: [TestRoles.staff]))
        let ola = try await house.administrator("ola")
        let tag = await house.send(.get, "/v1/admin/roles/staff/administrator", as: ola).header("ETag")
        let higher = try await body("administrator", house, changing: [])
        #expect(await house.put("administrator", higher, tag: tag, as: ola).summary == "403 policy.role_of_higher_rank")
        let refused = try required(try await house.events(.refusal).last)
        #expect(refused.reason == "policy.role_of_higher_rank" && refused.actor == ola.account)
        #expect(refused.action == "manageConfiguration" && refused.outcome == .failure)
        let cases: [(JSON, String)] = [
            (night.with("priority", 2), "403 policy.role_of_higher_rank"),
            (night.with("store", "contractors"), "403 policy.store_out_of_scope"),
            (night.with("scope", ["staff", "contractors"]), "403 policy.store_out_of_scope"),
            (night, "201"),
        ]
        for (body, expected) in cases {
            #expect(await house.send(.post, "/v1/admin/roles", as: ola, body).summary == expected, "\(body)")
        }
        let listed = await house.send(.get, "/v1/admin/roles", as: ola)
        #expect(Set(listed.json["roles"]?.arrayValue?.map { $0["store"]?.stringValue } ?? []) == ["staff"])
        let foreign = await house.send(.get, "/v1/admin/roles/contractors/user", as: ola)
        #expect(foreign.summary == "403 policy.store_out_of_scope")
    }

    @Test func `of many changes of one state exactly one is made`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let tag = await house.send(.get, "/v1/admin/roles/staff/searcher", as: ada).header("ETag")
        let changed = try await body("searcher", house, changing: [JSONMember(name: "permissions", value: [])])
        let answers = await withTaskGroup(of: String.self) { group in
            for priority in 50..<62 {
                group.addTask {
                    await house.put(
                        "searcher", changed.with("priority", .integer(Int64(priority))), tag: tag, as: ada
                    ).summary
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(answers.count { $0 == "200" } == 1)
        #expect(Set(answers) == ["200", "412 auth.role_changed"])
        #expect(try await house.events(.configurationChange).count == 1)
    }

    @Test func `what is dangerous is said with the role`() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.administrator()
        let made = await house.send(
            .post, "/v1/admin/roles", as: ada,
            .object([
                "name": "loose", "store": "staff", "priority": 50, "permissions": ["resetAnyPassword"],
                "authentication": .object(["questionsAlone": true]),
                "helpdesk": .object(["mode": "unrestricted", "operatorMaySeePassword": true]),
            ]))
        #expect(made.status == 201)
        let codes = made.json["warnings"]?.arrayValue?.map { $0["code"] }
        #expect(codes == ["unrestricted", "everybodyActs", "passwordSeen", "questionsAlone"])
    }
}

extension TestHouse {
    /// An administrator who has just proved who sits there.
    func administrator(_ login: String = "ada") async throws -> SignedIn {
        let person = try await signIn(login)
        let done = await send(
            .post, "/v1/sessions/current/step-up", as: person, .object(["password": .string(TestHouse.password)]))
        try #require(done.status == 200, "\(done.summary)")
        return person
    }

    func put(_ role: String, _ body: JSON, tag: String?, as person: SignedIn) async -> Response {
        var headers = [("Authorization", "Bearer \(person.accessToken)"), ("Content-Type", "application/json")]
        if let tag { headers.append(("If-Match", tag)) }
        return await send(.put, "/v1/admin/roles/staff/\(role)", headers: headers, bytes: body.serialized())
    }

    func delete(_ role: String, tag: String?, as person: SignedIn) async -> Response {
        var headers = [("Authorization", "Bearer \(person.accessToken)")]
        if let tag { headers.append(("If-Match", tag)) }
        return await send(.delete, "/v1/admin/roles/staff/\(role)", headers: headers)
    }
}

extension JSON {
    /// The object with another value for a member.
    func with(_ name: String, _ value: JSON) -> JSON {
        .object((objectValue ?? []).filter { $0.name != name } + [JSONMember(name: name, value: value)])
    }
}
