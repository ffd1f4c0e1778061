import Audit
import AuthAPI
import AuthClient
import Crypto
import Model
import Observability
import Platform
import TestSupport
import Testing

@testable import HelpdeskService

/// The auth service down, slow, or answering nonsense: 503 with Retry-After, nothing done (ST-02).
@Suite struct AuthUnavailableTests {
    static let lies: [(String, LyingServer.Lie)] = [
        ("hangs up", .hangUp),
        ("is silent", .silence),
        ("speaks something else", .bytes("220 mail.example.org ESMTP\r\n")),
        ("answers nothing", .bytes("")),
        ("breaks off in the head", .bytes("HTTP/1.1 200 OK\r\nContent-Le")),
        (
            "breaks off in the body",
            .bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"account\":")
        ),
        ("answers HTML", http(200, "text/html", "<p>It works!</p>")),
        ("answers no JSON", http(200, "application/json", "{\"account\"")),
        ("answers other JSON", http(200, "application/json", "{\"ok\":true}")),
        ("answers a list", http(200, "application/json", "[]")),
        ("answers duplicate members", http(200, "application/json", "{\"account\":\"a\",\"account\":\"b\"}")),
        ("answers an empty success", http(200, "application/json", "")),
        ("fails", http(500, "application/problem+json", "{\"code\":\"internal\"}")),
        ("is a gateway", http(502, "text/html", "bad gateway")),
        ("redirects", http(302, "text/html", "elsewhere")),
        ("refuses without a problem", http(403, "text/html", "no")),
        ("refuses with half a problem", http(403, "application/problem+json", "{\"title\":\"x\"}")),
        (
            "claims another status",
            http(403, "application/problem+json", "{\"code\":\"x\",\"title\":\"x\",\"status\":200}")
        ),
    ]

    /// ST-02
    @Test(arguments: lies)
    func `whatever is no clear answer is unavailable`(what: String, lie: LyingServer.Lie) async throws {
        let server = try LyingServer(lie)
        let client = try client(of: "http://127.0.0.1:\(server.port)")
        let (ola, credentials) = (try account(), try credentials())
        let error = await failure { () throws(CallerVerificationError) in
            _ = try await client.authority(of: ola, credentials)
        }
        switch error {
        case .unavailable, .malformedAnswer: break
        case .notSignedIn, .refused, nil: Issue.record("\(what): \(String(describing: error))")
        }
    }

    /// ST-02
    @Test func `nobody listens`() async throws {
        let client = try client(of: "http://127.0.0.1:\(freePort())")
        let (verification, operation) = (try required(VerificationID("v")), try required(OperationID("o")))
        let credentials = try credentials()
        let error = await failure { () throws(CallerVerificationError) in
            _ = try await client.redeem(verification, for: operation, credentials)
        }
        #expect(error == .unavailable(retryAfter: .seconds(5)))
    }

    /// ST-02
    @Test func `its own word on when to come back is passed on`() async throws {
        let server = try LyingServer(
            .bytes("HTTP/1.1 503 Busy\r\nRetry-After: 17\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
        let client = try client(of: "http://127.0.0.1:\(server.port)")
        let error = await failure { () throws(CallerVerificationError) in _ = try await client.keySet() }
        #expect(error == .unavailable(retryAfter: .seconds(17)))
    }

    @Test func `a clear no is passed on as it is`() async throws {
        let body =
            "{\"type\":\"about:blank\",\"title\":\"T\",\"status\":409,\"detail\":\"D\",\"code\":\"auth.x\",\"n\":1}"
        let server = try LyingServer(Self.http(409, "application/problem+json", body))
        let client = try client(of: "http://127.0.0.1:\(server.port)")
        let (verification, operation) = (try required(VerificationID("v")), try required(OperationID("o")))
        let credentials = try credentials()
        let error = await failure { () throws(CallerVerificationError) in
            _ = try await client.redeem(verification, for: operation, credentials)
        }
        #expect(
            error
                == .refused(
                    AuthRefusal(
                        status: 409, code: "auth.x", title: "T", detail: "D",
                        extra: [.init(name: "n", value: 1)])))
    }

    /// ST-02
    @Test(arguments: HelpdeskAction.allCases)
    func `while it does not answer nothing is done, in either mode`(action: HelpdeskAction) async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        try house.policy(.with(mode: .unrestricted))
        let verification = try await house.verified("anna", for: action, by: ola)
        let errors: [CallerVerificationError] = [.unavailable(retryAfter: .seconds(7)), .malformedAnswer("nonsense")]
        for error in errors {
            house.auth.change { $0.failure = error }
            for id in [verification, nil] {
                let answer = await house.send(
                    .post, try house.path(action, "anna"), as: ola,
                    try house.act(action, on: ["anna"], verification: id), key: "1")
                #expect(answer.status == 503)
                #expect(answer.code == "helpdesk.auth_unavailable")
                #expect(answer.response.header("Retry-After") != nil)
            }
        }
        house.auth.change { $0.failure = nil }
        #expect(house.writes.isEmpty)
        #expect(await house.delivered().isEmpty)
        #expect(try await house.history(.operation).isEmpty)
        let after = await house.send(
            .post, try house.path(action, "anna"), as: ola,
            try house.act(action, on: ["anna"], verification: verification), key: "1")
        #expect(after.outcomes == ["done"])
    }

    private static func http(_ status: Int, _ type: String, _ body: String) -> LyingServer.Lie {
        .bytes(
            "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Connection: close\r\n\r\n\(body)")
    }

    private func client(of url: String) throws -> HTTPCallerVerification {
        HTTPCallerVerification(
            HTTPCallerVerification.Settings(url: url, deadline: .milliseconds(400)), key: try SigningKey.generate(),
            clock: SystemClock(), random: SystemRandom(),
            log: Log(service: "test", sink: { _ in }, now: { SystemClock().now() }))
    }

    private func credentials() throws -> OperatorCredentials {
        OperatorCredentials(accessToken: "token", origin: ClientOrigin(address: "192.0.2.7", client: "console"))
    }

    private func account() throws -> AccountID { try required(AccountID("staff~ola")) }

    private func failure(
        _ body: () async throws(CallerVerificationError) -> Void
    ) async -> CallerVerificationError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
