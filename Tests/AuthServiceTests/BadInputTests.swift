import AuthAPI
import Model
import StrictJSON
import Testing
import Web

@testable import AuthService

/// IN-01, CR-06: whatever a caller who may call sends, the answer is a problem and nothing has changed.
@Suite struct BadInputTests {
    private struct Row {
        let method: Web.Method
        let path: String
        let body: JSON
        let isDesk: Bool
        /// Nothing has to be sent.
        var isOptional = false
    }

    private func rows(_ verification: DeskVerification, _ anna: SignedIn) -> [Row] {
        let base = "/v1/verifications/\(verification.id)"
        let code = JSON.object(["code": "12345678"])
        let question = verification.started.questions[0].id
        let me = "/v1/me/enrollments"
        let answer = JSON.object(["question": .string(question.text), "answer": "something"])
        return [
            Row(
                method: .post, path: "/v1/sessions",
                body: .object(["store": "staff", "login": "anna", "password": "x"]), isDesk: false),
            Row(
                method: .post, path: "/v1/sessions/refresh",
                body: .object(["refreshToken": .string(String(repeating: "x", count: 43))]), isDesk: false),
            Row(
                method: .put, path: me + "/securityQuestions", body: .object(["answers": .array([answer])]),
                isDesk: false),
            Row(method: .post, path: me + "/mobile", body: .object(["number": "+15550100101"]), isDesk: false),
            Row(method: .post, path: me + "/email", body: .object(["address": "a@example.org"]), isDesk: false),
            Row(method: .post, path: me + "/authenticator", body: .object([]), isDesk: false, isOptional: true),
            Row(method: .post, path: me + "/email/confirmation", body: code, isDesk: false),
            Row(
                method: .post, path: "/v1/verifications",
                body: VerificationStart(accounts: [anna.account], action: .resetPassword).json, isDesk: true),
            Row(
                method: .post, path: base + "/questions/\(question)/answer", body: .object(["answer": "something"]),
                isDesk: true),
            Row(method: .post, path: base + "/mobile/code", body: .object([]), isDesk: true, isOptional: true),
            Row(method: .post, path: base + "/email/code", body: .object([]), isDesk: true, isOptional: true),
            Row(method: .post, path: base + "/mobile/answer", body: code, isDesk: true),
            Row(method: .post, path: base + "/email/answer", body: code, isDesk: true),
            Row(method: .post, path: base + "/authenticator/answer", body: code, isDesk: true),
            Row(method: .post, path: base + "/redemption", body: .object(["operation": "one"]), isDesk: true),
        ]
    }

    /// Bodies no row takes, as they stand.
    private static let malformed: [(String, [UInt8])] = [
        ("cut off", Array("{\"code\":".utf8)), ("no JSON", Array("code=1".utf8)), ("an array", Array("[]".utf8)),
        ("a text", Array("\"code\"".utf8)), ("null", Array("null".utf8)), ("a number", Array("1".utf8)),
        ("two values", Array("{}{}".utf8)), ("with a BOM", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        ("not UTF-8", Array("{\"code\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)),
        ("NUL", [0]), ("a comment", Array("{}//".utf8)), ("single quotes", Array("{'code':'1'}".utf8)),
        ("a lone surrogate", Array(#"{"code":"\ud800"}"#.utf8)),
        ("deep", Array((String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40)).utf8)),
        ("a deep list", Array(String(repeating: "[", count: 20_000).utf8)),
        ("a key twice", Array(#"{"code":"1","code":"2","answer":"x","answer":"y"}"#.utf8)),
        ("unknown", Array(#"{"unknown":1}"#.utf8)), ("an empty name", Array(#"{"":""}"#.utf8)),
        ("a prototype", Array(#"{"__proto__":{"code":"1"}}"#.utf8)),
    ]

    /// The row's own body, with each of its members made wrong.
    private func mutations(of body: JSON) -> [(String, JSON)] {
        let members = body.objectValue ?? []
        let wrongs: [JSON] = [
            .null, true, 0, -1, 1.5, .string(""), .string(String(repeating: "x", count: 9_000)), .string("\u{0}"),
            .string("a\u{0}b"), .array([]), .object([]), .array([.object([])]), .array([.null]), .array([""]),
        ]
        var found: [(String, JSON)] = members.flatMap { member in
            wrongs.map { wrong in
                ("\(member.name) = \(String(describing: wrong).prefix(40))", replaced(members, member.name, wrong))
            } + [("without \(member.name)", JSON.object(members.filter { $0 != member }))]
        }
        found.append(("with one more", .object(members + [JSONMember(name: "extra", value: 1)])))
        return found
    }

    private func replaced(_ members: [JSONMember], _ name: String, _ value: JSON) -> JSON {
        .object(members.map { $0.name == name ? JSONMember(name: name, value: value) : $0 })
    }

    /// IN-01
    @Test func `no wrong body changes anything, at any row`() async throws {
        let house = try await TestHouse.open()
        let (anna, ola, _) = try await house.enrolledAnna()
        let verification = try await house.start(anna, by: ola)
        let before = try await house.snapshot()
        for row in rows(verification, anna) {
            let wrong = Self.malformed + mutations(of: row.body).map { ($0.0, $0.1.serialized()) }
            for (name, bytes) in wrong {
                let answer = await send(row, bytes, house, anna, ola)
                #expect(answer.status == 400, "\(row.path), \(name): \(answer.summary)")
                #expect(answer.code == "web.invalid_body", "\(row.path), \(name): \(answer.summary)")
                #expect(answer.json["pointer"] != nil, "\(row.path), \(name)")
            }
            if !row.isOptional {
                #expect(await send(row, [], house, anna, ola).code == "web.body_required", "\(row.path)")
            }
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", ""] {
                let answer = await send(row, row.body.serialized(), house, anna, ola, type: type)
                #expect(answer.summary == "415 web.unsupported_media_type", "\(row.path), \(type)")
            }
            let query = await send(row, row.body.serialized(), house, anna, ola, query: "?x=1")
            #expect(query.summary == "400 web.invalid_query", "\(row.path)")
        }
        #expect(try await house.snapshot() == before)
    }

    private func send(
        _ row: Row, _ bytes: [UInt8], _ house: TestHouse, _ anna: SignedIn, _ ola: SignedIn,
        type: String = "application/json", query: String = ""
    ) async -> Response {
        let token = row.isDesk ? (try? house.serviceToken()) ?? "" : anna.accessToken
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", type)]
        if row.isDesk { headers.append((AuthNames.operatorHeader, ola.accessToken)) }
        return await house.send(row.method, row.path + query, headers: headers, bytes: bytes)
    }

    @Test(arguments: [
        "?after=-1", "?after=+1", "?after=1.0", "?after=x", "?after=", "?after=99999999999999999999",
        "?after=1&after=1",
        "?limit=0", "?limit=1001", "?limit=%31%30%30%31", "?limit=x", "?cursor=x", "?after=١",
    ])
    func `a query that is none is refused`(query: String) async throws {
        let house = try await TestHouse.open()
        let answer = try await house.desk(.get, "/v1/events\(query)", for: nil)
        #expect(["web.invalid_query", "web.invalid_target"].contains(answer.code), "\(answer.summary)")
    }

    @Test(arguments: [
        "/v1/verifications/../sessions", "/v1/verifications/%2e%2e/x", "/v1/verifications/a%2Fb",
        "/v1/verifications/a%00b",
        "/v1/accounts/staff/enrollments", "/v1/accounts/staff~a~b/enrollments", "/v1/accounts/~/enrollments",
        "/v1/accounts/a%7Eb%7Ec/contacts", "/v1/verifications/\u{e9}", "/v1/verifications/%E9", "/v1/verifications/",
        "/v1//verifications", "/v1/verifications/x/", "/V1/verifications/x", "/v1/verifications/abc%20",
    ])
    func `a path that names nothing is refused`(path: String) async throws {
        let house = try await TestHouse.open()
        let ola = try await house.signIn("ola")
        let answer = try await house.desk(.get, path, for: ola)
        #expect([400, 404, 405].contains(answer.status), "\(answer.summary)")
        #expect(answer.code.hasPrefix("web.") || answer.code == "auth.verification_not_found", "\(answer.summary)")
    }

    @Test func `a method that a path does not have is refused with those it has`() async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let answer = await house.send(.patch, "/v1/me/enrollments/email", as: anna)
        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "DELETE, POST")
    }

    @Test(arguments: ["securityQuestions", "linkAccount", "yubiKey", "windowsHello", "Email", "sms"])
    func `what has no confirmation is not found`(type: String) async throws {
        let house = try await TestHouse.open()
        let anna = try await house.signIn("anna")
        let path = "/v1/me/enrollments/\(type)/confirmation"
        let answer = await house.send(.post, path, as: anna, .object(["code": "123456"]))
        #expect(answer.summary == "404 web.not_found")
    }
}
