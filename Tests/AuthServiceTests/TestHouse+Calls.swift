import AuthAPI
import Crypto
import Model
import SQL
import StrictJSON
import Testing
import Web

@testable import AuthService

/// A signed-in person.
struct SignedIn: Sendable {
    let account: AccountID
    let session: SessionID
    let accessToken: String
    let refreshToken: String
}

extension TestHouse {
    /// One request through the router; the answer has to be one that the interface document allows.
    func send(
        _ method: Web.Method, _ path: String, headers: [(String, String)] = [], bytes: [UInt8] = [],
        from address: String = "192.0.2.1"
    ) async -> Response {
        let request = Request(method, path, headers: Headers(headers), body: bytes, from: address)
        let response = await router.respond(to: request)
        for violation in InterfaceContract.served.violations(of: response, to: method, path) {
            Issue.record("\(method) \(path) answered \(response.summary): \(violation)")
        }
        return response
    }

    /// A person's request.
    func send(
        _ method: Web.Method, _ path: String, as person: SignedIn?, _ body: JSON? = nil
    ) async -> Response {
        var headers: [(String, String)] = []
        if let person { headers.append(("Authorization", "Bearer \(person.accessToken)")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return await send(method, path, headers: headers, bytes: body?.serialized() ?? [])
    }

    /// A request of the helpdesk service, for an operator.
    func desk(
        _ method: Web.Method, _ path: String, for operator: SignedIn?, _ body: JSON? = nil
    ) async throws -> Response {
        var headers = [("Authorization", "Bearer \(try serviceToken())")]
        if let token = `operator`?.accessToken { headers.append((AuthNames.operatorHeader, token)) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return await send(method, path, headers: headers, bytes: body?.serialized() ?? [])
    }

    /// A token of the helpdesk service.
    func serviceToken() throws -> String {
        let now = clock.now()
        let claims = TokenClaims(
            issuer: AuthNames.helpdeskService, audience: [AuthNames.authService], subject: AuthNames.helpdeskService,
            id: "service-token", validity: now..<(now + .seconds(300)))
        return try JWT.sign(claims, type: .service, key: helpdeskKey)
    }

    /// Signs in; expects it to work.
    func signIn(_ login: String, store: String = "staff") async throws -> SignedIn {
        let response = await postSignIn(login, store: store)
        try #require(response.status == 201, "\(login): \(response.code)")
        let grant = try SessionGrant(bytes: response.body)
        return SignedIn(
            account: grant.account, session: grant.session, accessToken: grant.accessToken,
            refreshToken: grant.refreshToken)
    }

    func postSignIn(
        _ login: String, store: String = "staff", password: String = password, from address: String = "192.0.2.1"
    ) async -> Response {
        let body = JSON.object(["store": .string(store), "login": .string(login), "password": .string(password)])
        return await send(
            .post, "/v1/sessions", headers: [("Content-Type", "application/json")], bytes: body.serialized(),
            from: address)
    }

    func refresh(_ token: String) async -> Response {
        await send(.post, "/v1/sessions/refresh", as: nil, .object(["refreshToken": .string(token)]))
    }

    /// The same session with a new access token.
    func renewed(_ person: SignedIn) async throws -> SignedIn {
        let response = await refresh(person.refreshToken)
        try #require(response.status == 200, "\(response.summary)")
        let grant = try SessionGrant(bytes: response.body)
        return SignedIn(
            account: grant.account, session: grant.session, accessToken: grant.accessToken,
            refreshToken: grant.refreshToken)
    }

    /// The account of a login, without signing in.
    func account(_ login: String, store: String = "staff") async throws -> AccountID {
        let id = try required(StoreID(store))
        return try required(try await stores[id]?.account(login: login)?.id, login)
    }

    /// One number out of the auth database.
    func number(_ sql: String, _ parameters: [SQLValue] = []) async throws -> Int64 {
        try await database.read { try required(try $0.query(sql, parameters).first).integer(0) }
    }

    /// Everything that could change, as text: to be compared before and after a request that must change nothing.
    func snapshot() async throws -> [String] {
        let tables = [
            "sessions", "spent_refresh_tokens", "enrollments", "pending_enrollments", "answers", "asked_questions",
            "codes", "code_sends", "factor_failures", "failures", "verifications", "verified_types",
            "verification_questions", "links", "audit", "outbox",
        ]
        return try await database.read { connection in
            try tables.map { "\($0): \(try connection.query("SELECT * FROM \($0) ORDER BY 1, 2").map(\.values))" }
        }
    }
}

extension Response {
    /// The body as JSON; `null` when it is none.
    var json: JSON { (try? JSON.parse(body)) ?? .null }

    /// The code of a problem; empty for anything else.
    var code: String { json["code"]?.stringValue ?? "" }

    /// Status and code, as tables name them: `409 auth.verification_not_open`, or `204` alone.
    var summary: String { code.isEmpty ? String(status) : "\(status) \(code)" }
}
