import Audit
import Directory
import Model
import Platform
import SQL
import StrictJSON
import TestSupport
import Testing
import Web

@testable import HelpdeskService
@testable import Messaging

/// Secure links, from the operator's request to the owner's password (R3, R10).
@Suite struct LinkTests {
    private static let password = "cobalt-Lantern-58-orchard"

    /// Two half-finished acts are told apart by where they died.
    struct Died: Error {}

    /// What links begin with.
    private static let page = TestDesk.publicURL + "/reset#"

    private func body(
        _ house: TestDesk, _ verification: VerificationID?, on logins: [String] = ["anna"],
        deliver: JSON? = ["email": "enrolled-mail"]
    ) throws -> JSON {
        .object([
            "accounts": .array(try logins.map { .string(try house.id($0).text) }),
            "verification": verification.map { .string($0.text) }, "method": "secureLink", "deliver": deliver,
        ])
    }

    /// Has a link sent and answers its token.
    private func send(_ house: TestDesk, by person: TestOperator, key: String = "key") async throws -> (
        token: String, answer: TestAnswer
    ) {
        let verification = try await house.verified("anna", for: .resetPassword, by: person)
        let answer = await house.send(
            .post, try house.path(.resetPassword, "anna"), as: person, try body(house, verification), key: key)
        #expect(answer.outcomes == ["done"], "\(answer)")
        return (try await lastToken(house), answer)
    }

    private func lastToken(_ house: TestDesk) async throws -> String {
        _ = await house.delivered()
        let text = house.messages.withLock { $0.last { $0.kind == .secureLink }?.text }
        let mail = try required(text, "the mail with the link")
        let start = try required(mail.firstRange(of: Self.page)?.upperBound, mail)
        return String(mail[start...].prefix { !$0.isWhitespace })
    }

    private func inspect(_ house: TestDesk, _ token: String) async -> TestAnswer {
        await house.send(.post, "/v1/secure-links/inspection", as: nil, ["token": .string(token)])
    }

    private func redeem(
        _ house: TestDesk, _ token: String, _ password: String = LinkTests.password
    ) async -> TestAnswer {
        await house.send(
            .post, "/v1/secure-links/redemption", as: nil, ["token": .string(token), "password": .string(password)])
    }

    private func linkHistory(_ house: TestDesk) async throws -> [String] {
        try await house.history(.secureLink).compactMap(\.reason)
    }

    /// R3, R10, SL-01
    @Test func `a link is sent, opened, and sets the password once`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let (token, answer) = try await send(house, by: ola)
        #expect(token.utf8.count == SecureLinkTokens.length)
        #expect(house.writes.isEmpty)
        #expect(!String(decoding: answer.response.body, as: UTF8.self).contains(token))
        #expect(await house.delivered().filter { $0.hasPrefix("secureLinkSent") }.count == 3)

        let shown = await inspect(house, token)
        #expect(shown.body["login"] == "a•••" && shown.body["policy"]?["minimumLength"] == 12)
        #expect(await inspect(house, token).status == 200)
        let done = await redeem(house, token)
        #expect(done.status == 200 && done.body["outcome"] == "done", "\(done)")
        #expect(house.writes.count == 1)
        let signedIn = try await house.store("staff").signIn(login: "anna", password: Secret(Self.password))
        guard case .accepted = signedIn else {
            Issue.record("\(signedIn)")
            return
        }
        for again in [await redeem(house, token), await inspect(house, token)] {
            #expect(again.code == "helpdesk.link_not_valid")
        }
        #expect(house.writes.count == 1)
        #expect(await house.delivered().filter { $0.hasPrefix("passwordSetByLink") }.count == 3)
        #expect(try await linkHistory(house) == ["sent", "opened", "used"])
        let reset = try required(try await house.history(.reset).last)
        let anna = try house.id("anna")
        #expect(reset.actorKind == .endUser && reset.actor == anna && reset.outcome == .success)
    }

    /// SL-01, PW-03: neither token nor password rests anywhere in clear.
    @Test func `neither database, history nor log holds a token or the password`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        _ = await inspect(house, token)
        _ = await redeem(house, token)
        let files = ["helpdesk.db", "helpdesk.db-wal"].map { readFile(house.folder.file($0)) }
        for text in files + house.logs.withLock({ $0 }) {
            let shown = String(decoding: text, as: UTF8.self)
            #expect(!shown.contains(token) && !shown.contains(Self.password))
        }
    }

    /// SL-03
    @Test func `a new link and a later reset void the old one`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let (first, _) = try await send(house, by: ola, key: "1")
        let (second, _) = try await send(house, by: ola, key: "2")
        #expect(await inspect(house, first).code == "helpdesk.link_not_valid")
        #expect(await inspect(house, second).status == 200)
        #expect(try await house.perform(.resetPassword, by: ola, key: "3").outcomes == ["done"])
        #expect(await redeem(house, second).code == "helpdesk.link_not_valid")
        #expect(house.writes.count == 1)
        #expect(try await linkHistory(house) == ["sent", "voided", "sent", "opened", "voided"])
        #expect(await house.delivered().allSatisfy { !$0.hasPrefix("passwordSetByLink") })
    }

    @Test func `a password set elsewhere since voids the link`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        house.clock.advance(by: .seconds(5))
        _ = try await house.store("staff").wrapped.resetPassword(
            of: try house.id("anna"), to: Secret("amber-Window-31-ladder"), mustChange: false,
            operation: try required(OperationID("elsewhere")))
        #expect(await redeem(house, token).code == "helpdesk.link_not_valid")
        #expect(house.writes.isEmpty)
        #expect(try await linkHistory(house) == ["sent", "voided"])
    }

    /// 60 minutes by mail, 10 by SMS (NIST SP 800-63B §4.2.1.2).
    @Test func `each channel's token has a time of its own`() async throws {
        let house = try await TestDesk.open()
        try house.policy(.with(methods: [.secureLink], directoryAddressesForEnrolled: true))
        let ola = try house.signIn()
        let shown = await house.send(.get, "/v1/users/\(try house.id("anna"))", as: ola)
        let mobile = try required(
            shown.body["contacts"]?.arrayValue?.first { $0["channel"] == "sms" }?["id"], "\(shown)")
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let answer = await house.send(
            .post, try house.path(.resetPassword, "anna"), as: ola,
            try body(house, verification, deliver: ["email": "enrolled-mail", "mobile": mobile]), key: "1")
        #expect(answer.outcomes == ["done"], "\(answer)")
        _ = await house.delivered()
        let texts = house.messages.withLock { $0.filter { $0.kind == .secureLink } }
        func token(_ channel: MessageChannelKind) throws -> String {
            let text = try required(texts.first { $0.channel == channel }?.text)
            let start = try required(text.firstRange(of: Self.page)?.upperBound)
            return String(text[start...].prefix { !$0.isWhitespace })
        }
        let (bySMS, byMail) = (try token(.sms), try token(.email))
        #expect(bySMS != byMail)
        house.clock.advance(by: .seconds(601))
        #expect(await inspect(house, bySMS).code == "helpdesk.link_not_valid")
        #expect(await inspect(house, byMail).status == 200)
        house.clock.advance(by: .seconds(3_000))
        #expect(await redeem(house, byMail).code == "helpdesk.link_not_valid")
        let links = RevokeLink(collaborators: house.collaborators)
        #expect(try await links.expire() == 1)
        #expect(try await links.expire() == 0)
        #expect(try await linkHistory(house) == ["sent", "opened", "expired"])
        #expect(house.writes.isEmpty)
    }

    @Test func `the desk takes a link back`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let (token, answer) = try await send(house, by: ola)
        let link = try required(answer.body["links"]?.arrayValue?.first?["id"]?.stringValue, "\(answer)")
        let pia = try house.signIn("pia")
        #expect(await house.send(.delete, "/v1/secure-links/unknown", as: pia).code == "helpdesk.link_not_found")
        #expect(await house.send(.delete, "/v1/secure-links/\(link)", as: pia).status == 204)
        #expect(await house.send(.delete, "/v1/secure-links/\(link)", as: pia).code == "helpdesk.link_ended")
        #expect(await redeem(house, token).code == "helpdesk.link_not_valid")
        #expect(try await linkHistory(house) == ["sent", "revoked"])
        let operation = try required(answer.operation)
        let later = await house.send(.get, "/v1/operations/\(operation)", as: ola)
        #expect(later.body["links"]?.arrayValue?.first?["state"] == "revoked")
        try house.desk("pia") { $0.scope = [] }
        #expect(await house.send(.delete, "/v1/secure-links/\(link)", as: pia).code == "helpdesk.link_not_found")
    }

    /// PW-01
    @Test func `a password that is refused, here or by the directory, leaves the link good`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        let weak = await redeem(house, token, "anna")
        #expect(weak.status == 422 && weak.body["problems"]?.arrayValue?.contains("password.too_short") == true)
        try house.store("staff").script.withLock {
            $0.failures = [.refused(code: "directory.refused", message: "It is in the history.")]
        }
        let refused = await redeem(house, token)
        #expect(refused.body["outcome"] == "failed" && refused.body["message"] == "It is in the history.")
        #expect(await redeem(house, token).body["outcome"] == "done")
        #expect(house.writes.count == 1)
    }

    /// OP-04, VS-10: looked at again when the link is used.
    @Test func `an account that is protected by now is not touched`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        _ = try await EmbeddedStoreImporter(house.store("staff").wrapped, random: SystemRandom()).run(
            people: ImportFile(name: "people.csv", bytes: Array("login,groups\nanna,Board\n".utf8)))
        for answer in [await inspect(house, token), await redeem(house, token)] {
            #expect(answer.code == "policy.protected_account", "\(answer)")
        }
        #expect(house.writes.isEmpty)
    }

    /// RL-01
    @Test func `guessing is slowed down, and every wrong token gets the same answer`() async throws {
        var limits = SecurityLimits()
        let isLegal = limits.set(SecurityLimits.linkFailuresPerAddress, to: 5)
        #expect(isLegal)
        let house = try await TestDesk.open(limits: limits)
        let (token, _) = try await send(house, by: try house.signIn())
        let wrong = ["x", String(repeating: "A", count: 43), token + "A", String(token.dropLast()), "🙂"]
        var answers: Set<String> = []
        for guess in wrong {
            var text = await inspect(house, guess).description
            if let id = text.firstRange(of: "\"requestId\"") { text = String(text[..<id.lowerBound]) }
            answers.insert(text)
        }
        #expect(answers.count == 1, "\(answers)")
        #expect(await inspect(house, token).status == 429)
        #expect(await redeem(house, token).code == "helpdesk.too_many_link_attempts")
        house.clock.advance(by: .seconds(601))
        #expect(await redeem(house, token).status == 200)
    }

    @Test func `a link needs one account, one channel and an address to lead to`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let path = try house.path(.resetPassword, "anna")
        let verification = try await house.verified("anna", for: .resetPassword, by: ola)
        let two = await house.send(
            .post, path, as: ola, try body(house, verification, on: ["anna", "anna.b"]), key: "1")
        #expect(two.status == 400 && two.body["pointer"] == "/accounts")
        let nowhere = await house.send(.post, path, as: ola, try body(house, verification, deliver: nil), key: "2")
        #expect(nowhere.code == "policy.channel_required")
        let unknown = await house.send(
            .post, path, as: ola, try body(house, verification, deliver: ["email": "nobodys"]), key: "3")
        #expect(unknown.code == "helpdesk.contact_unknown")
        let typed: JSON = ["accounts": [.string(try house.id("anna").text)], "method": "secureLink", "password": "x"]
        #expect(await house.send(.post, path, as: ola, typed, key: "4").body["pointer"] == "/password")
        let unproved = await house.send(.post, path, as: ola, try body(house, nil), key: "5")
        #expect(unproved.code == "helpdesk.caller_not_verified")
        let homeless = try await house.restart(publicURL: nil)
        let unsent = await homeless.send(.post, path, as: ola, try body(homeless, verification), key: "6")
        #expect(unsent.code == "helpdesk.method_unavailable")
        #expect(try await linkHistory(homeless).isEmpty)
    }

    /// SL-01, AC-03: of many at once, one sets the password.
    @Test func `many redemptions at once write once`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        let outcomes = await withTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<12 { group.addTask { await redeem(house, token) } }
            var all: [TestAnswer] = []
            for await answer in group { all.append(answer) }
            return all
        }
        #expect(outcomes.count { $0.body["outcome"] == "done" } == 1)
        #expect(outcomes.count { $0.code == "helpdesk.link_not_valid" } == 11, "\(outcomes)")
        #expect(house.writes.count == 1)
    }

    /// CR-04, VS-10
    @Test(arguments: [CrashPoints.Point.authorityRecorded, .directoryWritten, .resultRecorded])
    func `a crash at any step of a redemption leaves at most one write`(point: CrashPoints.Point) async throws {
        let first = try await TestDesk.open()
        let (token, _) = try await send(first, by: try first.signIn())
        let dying = try await first.restart(crashPoints: CrashPoints { if $0 == point { throw Died() } })
        #expect(await redeem(dying, token).status == 500)
        let house = try await dying.restart()
        let settler = SettleOperations(collaborators: house.collaborators)
        try await settler.run(startingUp: true)
        let isWritten = point != .authorityRecorded
        #expect(house.writes.count == (isWritten ? 1 : 0))
        let again = await redeem(house, token)
        if isWritten {
            #expect(again.code == "helpdesk.link_not_valid")
        } else {
            #expect(again.body["outcome"] == "done", "\(again)")
        }
        #expect(house.writes.count == 1)
        #expect(await house.delivered().filter { $0.hasPrefix("passwordSetByLink") }.count == 3)
        #expect(try await house.history(.reset).filter { $0.outcome == .success }.count == 1)
        #expect(try await settler.run() == 0)
    }

    /// CR-04
    @Test func `a link whose write nobody can tell of is spent, and nothing is written again`() async throws {
        let house = try await TestDesk.open()
        let (token, _) = try await send(house, by: try house.signIn())
        try house.store("staff").script.withLock {
            $0.lostAnswers = [.outcomeUnknown("connection lost")]
            $0.settlement = .unknown
        }
        #expect(await redeem(house, token).body["outcome"] == "unknown")
        #expect(await redeem(house, token).code == "helpdesk.link_not_valid")
        #expect(house.collaborators.numbers.unknown.value() == 1)
    }

    /// CR-04, R7: before it is sent, a link that was interrupted never was.
    @Test(arguments: CrashPoints.Point.allCases.filter { $0 != .resultRecorded })
    func `a crash before a link is sent leaves none, and it can be sent again`(point: CrashPoints.Point) async throws {
        let first = try await TestDesk.open()
        let ola = try first.signIn()
        let verification = try await first.verified("anna", for: .resetPassword, by: ola)
        let path = try first.path(.resetPassword, "anna")
        let asked = try body(first, verification)
        let dying = try await first.restart(crashPoints: CrashPoints { if $0 == point { throw Died() } })
        #expect(await dying.send(.post, path, as: ola, asked, key: "1").status == 500)
        let house = try await dying.restart()
        try await SettleOperations(collaborators: house.collaborators).run(startingUp: true)
        #expect(await house.delivered().isEmpty)
        let settled = await house.send(.post, path, as: ola, asked, key: "1")
        #expect(settled.reasons == ["helpdesk.interrupted"])
        let operation = try required(settled.operation)
        let retried = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "2")
        #expect(retried.outcomes == ["done"], "\(retried)")
        #expect(await redeem(house, try await lastToken(house)).body["outcome"] == "done")
        #expect(house.writes.count == 1)
    }

    /// R7: the operation of the owner is not the operator's to try again.
    @Test func `an operator cannot try an owner's redemption again`() async throws {
        let house = try await TestDesk.open()
        let ola = try house.signIn()
        let (token, _) = try await send(house, by: ola)
        try house.store("staff").script.withLock { $0.failures = [.unavailable("down")] }
        #expect(await redeem(house, token).body["outcome"] == "failed")
        let operation = try required(try await house.history(.reset).last?.operation)
        let retried = await house.send(.post, "/v1/operations/\(operation)/retries", as: ola, key: "9")
        #expect(retried.code == "helpdesk.operation_not_found")
    }

    /// SL-04, OP-07
    @Test(arguments: [("/reset", "text/html"), ("/reset/page.js", "text/javascript"), ("/reset/page.css", "text/css")])
    func `the page tells nobody about itself and takes nothing from elsewhere`(path: String, type: String) async throws
    {
        let house = try await TestDesk.open()
        let answer = await house.send(.get, path, as: nil)
        #expect(answer.status == 200 && answer.response.header("Content-Type")?.hasPrefix(type) == true)
        #expect(answer.response.header("Referrer-Policy") == "no-referrer")
        let policy = try required(answer.response.header("Content-Security-Policy"))
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        let text = String(decoding: answer.response.body, as: UTF8.self)
        #expect(!text.contains("http") && !text.contains(" style=") && !text.contains("onclick"))
        #expect(!text.contains("{{"))
    }
}
