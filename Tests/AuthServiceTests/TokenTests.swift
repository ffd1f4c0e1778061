import AuthAPI
import Crypto
import Model
import StrictJSON
import Testing
import Web

@testable import AuthService

/// Every row that demands a caller, against every token that is not the right one.
@Suite struct TokenTests {
    /// TK-01, TK-02, OP-02
    @Test func `rows for a person take a person's own live token and nothing else`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let forgery = try Forgery(house: house, person: anna)
        let rows = house.router.routes.filter { demandsAPerson($0.access) }
        #expect(rows.count >= 16)
        let ended = try await house.signIn("anna")
        _ = await house.send(.delete, "/v1/sessions/current", as: ended)
        let before = try await house.snapshot()
        for row in rows {
            for (name, token) in try forgery.wrongAccessTokens() + [("of an ended session", ended.accessToken)] {
                let answer = await house.send(
                    row.method, filled(row.pattern), headers: [("Authorization", "Bearer \(token)")])
                #expect(answer.summary == "401 auth.not_signed_in", "\(row.operation): \(name)")
                #expect(answer.header("WWW-Authenticate") == "Bearer")
            }
            for header in Self.noBearers(anna.accessToken) {
                let answer = await house.send(row.method, filled(row.pattern), headers: header)
                #expect(answer.summary == "401 auth.not_signed_in", "\(row.operation): \(header)")
            }
        }
        #expect(try await house.snapshot() == before)
    }

    /// TK-01, TK-02, ST-01
    @Test func `rows for the helpdesk service take its token and the operator's, and nothing else`() async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        let forgery = try Forgery(house: house, person: ola)
        let rows = house.router.routes.filter { $0.access == .service }
        #expect(rows.count == 17)
        let ended = try await house.signIn("ola")
        _ = await house.send(.delete, "/v1/sessions/current", as: ended)
        let service = try house.serviceToken()
        let before = try await house.snapshot()
        for row in rows {
            let path = filled(row.pattern)
            for (name, token) in try forgery.wrongServiceTokens() {
                let headers = [
                    ("Authorization", "Bearer \(token)"), (AuthNames.operatorHeader, ola.accessToken),
                ]
                let answer = await house.send(row.method, path, headers: headers)
                #expect(answer.summary == "401 auth.not_signed_in", "\(row.operation): service token \(name)")
            }
            for (name, token) in try forgery.wrongAccessTokens() + [("of an ended session", ended.accessToken)] {
                let headers = [("Authorization", "Bearer \(service)"), (AuthNames.operatorHeader, token)]
                let answer = await house.send(row.method, path, headers: headers)
                #expect(answer.summary == "401 auth.not_signed_in", "\(row.operation): operator token \(name)")
            }
            let alone = await house.send(row.method, path, headers: [(AuthNames.operatorHeader, ola.accessToken)])
            #expect(alone.summary == "401 auth.not_signed_in", "\(row.operation): the operator's header alone")
            let body = [("Authorization", "Bearer \(service)"), ("Content-Type", "application/json")]
            let without = await house.send(
                row.method, path, headers: body, bytes: row.method == .post ? Array("{}".utf8) : [])
            let expected = ["listEvents": 200, "listEnabledTypes": 400][row.operation] ?? 401
            #expect(without.status == expected, "\(row.operation): no operator")
        }
        #expect(try await house.snapshot() == before)
    }

    /// OP-02: who may call what, row by row.
    @Test func `every row names who may call it`() async throws {
        let house = try await TestHouse.open()
        let access = Dictionary(
            uniqueKeysWithValues: house.router.routes.map { ($0.operation, $0.access) })
        let open: Set = [
            "getHealth", "getReadiness", "getMetrics", "getOpenAPI", "getKeySet", "createSession", "refreshSession",
        ]
        #expect(Set(access.filter { $0.value == .anybody }.keys) == open)
        let own = access.filter { $0.value == .signedIn }.keys
        #expect(
            own.allSatisfy {
                $0.contains("nroll") || $0.hasPrefix("remove") || $0.contains("My") || $0.hasSuffix("Session")
            }
        )
        let administration: [String: Access] = [
            "listLinks": .permission(.manageConfiguration), "linkAccounts": .stepUp(.manageConfiguration),
            "unlinkAccount": .stepUp(.manageConfiguration), "listMessages": .permission(.manageConfiguration),
            "deliverMessage": .permission(.manageConfiguration), "deleteMessage": .permission(.manageConfiguration),
            "previewMessage": .permission(.manageConfiguration),
            "explainRole": .permission(.manageConfiguration),
            "explainAct": .permission(.manageConfiguration), "listRoles": .permission(.manageConfiguration),
            "createRole": .stepUp(.manageConfiguration), "getRole": .permission(.manageConfiguration),
            "replaceRole": .stepUp(.manageConfiguration), "deleteRole": .stepUp(.manageConfiguration),
        ]
        for (operation, demand) in administration { #expect(access[operation] == demand, "\(operation)") }
        let desk = access.filter { $0.value == .service }
        #expect(desk.count + own.count + open.count + administration.count == access.count)
    }

    /// OP-02: role by row, for the rows a helpdesk service asks on behalf of somebody.
    @Test(arguments: ["anna", "sam", "ola", "uma", "ada"])
    func `what the helpdesk service asks is answered for operators alone`(login: String) async throws {
        let house = try await TestHouse.open()
        let ben = try await house.signIn("ben")
        try await house.enroll(ben, .email, "ben@example.org")
        try await house.enrollAuthenticator(ben)
        let person = try await house.signIn(login)
        let knows = login != "anna"
        for path in ["enrollments", "contacts"] {
            let answer = try await house.desk(.get, "/v1/accounts/\(ben.account)/\(path)", for: person)
            #expect(answer.summary == (knows ? "200" : "403 policy.permission_missing"), "\(path)")
        }
        let carl = try await house.account("carl", store: "contractors")
        let reaches = ["ola", "uma", "ada"].contains(login)
        let other = try await house.desk(.get, "/v1/accounts/\(carl)/enrollments", for: person)
        let refusal = knows ? "403 policy.store_out_of_scope" : "403 policy.permission_missing"
        #expect(other.summary == (reaches ? "200" : refusal))
        let start = try await house.postStart([ben.account], by: person)
        #expect(start.summary == (reaches ? "201" : "403 policy.permission_missing"))
        #expect(try await house.desk(.get, "/v1/operators/\(person.account)/authority", for: person).status == 200)
    }

    @Test func `a token is as good the second time as the first`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        for second in [0, 599, 629] {
            house.clock.set(Timestamp(seconds: 1_795_254_300 + Int64(second)))
            for _ in 0..<2 {
                #expect(await house.send(.get, "/v1/me/enrollments", as: anna).status == 200, "\(second)")
            }
        }
        house.clock.set(Timestamp(seconds: 1_795_254_300 + 630))
        for _ in 0..<2 { #expect(await house.send(.get, "/v1/me/enrollments", as: anna).status == 401) }
    }

    private func demandsAPerson(_ access: Access) -> Bool {
        switch access {
        case .signedIn, .permission, .stepUp: true
        case .anybody, .service: false
        }
    }

    private static func noBearers(_ token: String) -> [[(String, String)]] {
        [
            [], [("Authorization", token)], [("Authorization", "Basic \(token)")], [("Authorization", "Bearer")],
            [("Authorization", "Bearer ")], [("Authorization", "Bearer  \(token)")],
            [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")],
            [("Authorization", "Bearer \(token) ")], [("Cookie", "session=\(token)")],
            [(AuthNames.operatorHeader, token)],
        ]
    }
}

/// A path with something in every place.
func filled(_ pattern: String) -> String {
    pattern.split(separator: "/", omittingEmptySubsequences: false).map { segment in
        switch segment {
        case "{account}": "staff~somebody"
        case "{type}": "email"
        case "{verification}", "{question}", "{approval}", "{message}": "0123456789abcdef0123456789abcdef"
        case "{kind}": "accessCode"
        case "{store}": "staff"
        case "{role}": "helpdesk"
        default: String(segment)
        }
    }.joined(separator: "/")
}
