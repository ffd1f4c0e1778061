import Audit
import AuthClient
import Model
import SQL
import StrictJSON
import Testing
import Web

@testable import HelpdeskService
@testable import Messaging

/// Asking people to enroll, through the routes.
@Suite struct NoticeTests {
    private func open() async throws -> (TestDesk, TestOperator) {
        let house = try await TestDesk.open()
        try house.desk { $0.permissions = [.notifyUsers, .searchUsers] }
        return (house, try house.signIn())
    }

    private func start(_ house: TestDesk, _ ola: TestOperator, _ body: JSON, key: String = "key") async -> TestAnswer {
        await house.send(.post, "/v1/enrollment-notices", as: ola, body, key: key)
    }

    /// Carries out what was accepted and delivers; answers the notice at its end.
    private func carryOut(_ house: TestDesk, _ ola: TestOperator, _ id: String) async throws -> JSON {
        let worker = NoticeWorker(collaborators: house.collaborators)
        while try await worker.runOnce() {}
        await house.worker.drain()
        _ = try await worker.runOnce()
        return await house.send(.get, "/v1/enrollment-notices/\(id)", as: ola).body
    }

    private func send(_ house: TestDesk, _ ola: TestOperator, _ body: JSON) async throws -> JSON {
        let accepted = await start(house, ola, body)
        #expect(accepted.status == 202, "\(accepted)")
        return try await carryOut(house, ola, try required(accepted.body["id"]?.stringValue))
    }

    private func addresses(_ house: TestDesk) -> [String] {
        house.messages.withLock { $0.map { String($0.to.prefix { $0 != "@" }) } }.sorted()
    }

    /// E3
    @Test func `everybody in all stores gets one message, but those who have every type`() async throws {
        let (house, ola) = try await open()
        let anna = try house.id("anna")
        house.auth.change { $0.enabledTypes = [.email] }
        try await house.database.write { try EnrolledTypes.set(.email, of: anna, isEnrolled: true, $0) }
        let notice = try await send(house, ola, ["recipients": ["all": true], "types": "all"])
        #expect(notice["state"] == "finished" && notice["total"] == 8 && notice["examined"] == 8, "\(notice)")
        #expect(notice["queued"] == 7 && notice["sent"] == 7 && notice["failed"] == 0)
        #expect(notice["leftOut"]?["alreadyEnrolled"] == 1)
        #expect(addresses(house) == ["ada", "anna.b", "ben", "cora", "ola", "paul", "pia"])
        let texts = house.messages.withLock { $0.map(\.text) }
        #expect(texts.allSatisfy { $0.contains("https://enroll.example.org/") && $0.contains("email address") })
    }

    /// E3
    @Test func `a store, a filter without the unticked, and the ticked whatever they have`() async throws {
        let (house, ola) = try await open()
        let (anna, ben) = (JSON.string(try house.id("anna").text), JSON.string(try house.id("ben").text))
        _ = try await send(house, ola, ["recipients": ["stores": ["contractors"]], "types": ["mobile"]])
        #expect(addresses(house) == ["anna.b"])
        house.messages.withLock { $0 = [] }
        let filtered: JSON = [
            "recipients": ["filter": ["q": "operator"], "except": [.string(try house.id("pia").text)]], "types": "all",
        ]
        let second = await start(house, ola, filtered, key: "second")
        _ = try await carryOut(house, ola, try required(second.body["id"]?.stringValue))
        #expect(addresses(house) == ["ola"])
        house.messages.withLock { $0 = [] }
        house.auth.change { $0.enabledTypes = [.email] }
        let account = try house.id("anna")
        try await house.database.write { try EnrolledTypes.set(.email, of: account, isEnrolled: true, $0) }
        let ticked = await start(house, ola, ["recipients": ["users": [anna, ben]], "types": ["email"]], key: "third")
        let notice = try await carryOut(house, ola, try required(ticked.body["id"]?.stringValue))
        #expect(notice["total"] == 2 && notice["sent"] == 2)
        #expect(addresses(house) == ["anna", "ben"])
    }

    /// E3
    @Test func `those without an address, disabled, of another policy or gone are reported`() async throws {
        let (house, ola) = try await open()
        let (ben, cora) = (try house.id("ben"), try house.id("cora"))
        try await house.database.write { connection in
            _ = try connection.execute("UPDATE indexed_accounts SET mail = NULL WHERE entry = $1", [.text(ben.entry)])
            _ = try connection.execute("UPDATE indexed_accounts SET disabled = 1 WHERE entry = $1", [.text(cora.entry)])
            _ = try connection.execute(
                "UPDATE indexed_accounts SET mail = 'ADA@people.example.org' WHERE login = 'pia'")
        }
        let notice = try await send(house, ola, ["recipients": ["stores": ["staff"]], "types": ["mobile"]])
        #expect(notice["leftOut"]?["withoutAddress"] == 1 && notice["leftOut"]?["disabled"] == 1, "\(notice)")
        #expect(notice["leftOut"]?["sameAddress"] == 1 && notice["sent"] == 4)
        let gone = await start(
            house, ola, ["recipients": ["users": ["staff~nobody"]], "types": ["yubiKey"]], key: "gone")
        let second = try await carryOut(house, ola, try required(gone.body["id"]?.stringValue))
        #expect(second["leftOut"]?["notFound"] == 1 && second["queued"] == 0 && second["state"] == "finished")
        let other = await start(
            house, ola, ["recipients": ["users": [.string(try house.id("ola").text)]], "types": ["yubiKey"]],
            key: "other")
        let third = try await carryOut(house, ola, try required(other.body["id"]?.stringValue))
        #expect(third["leftOut"]?["notEnabled"] == 1 && third["queued"] == 0)
    }

    /// E3
    @Test func `the operator's own words go out, with types and address where they lack them`() async throws {
        let (house, ola) = try await open()
        let words: JSON = [
            "recipients": ["users": [.string(try house.id("ben").text)]], "types": ["mobile"],
            "subject": "Please register", "message": "Dear {login},\nthis <b>matters</b> & it is quick.",
        ]
        _ = try await send(house, ola, words)
        let content = try required(house.messages.withLock { $0.first })
        #expect(content.subject == "Please register")
        #expect(content.text.hasPrefix("Dear ben,\nthis <b>matters</b> & it is quick.\n"))
        #expect(content.text.contains("mobile phone") && content.text.contains("https://enroll.example.org/"))
        #expect(content.html?.contains("&lt;b&gt;matters&lt;/b&gt; &amp; it") == true)
        for (name, text) in [
            ("message", "Hi {nobody}"), ("message", "Hi {login"), ("subject", "{login}"),
            ("subject", "a\r\nBcc: x@example.org"),
            ("message", "bell \u{7}"),
        ] {
            let body = JSON.object([
                JSONMember(name: "recipients", value: ["all": true]), JSONMember(name: "types", value: "all"),
                JSONMember(name: name, value: .string(text)),
            ])
            let refused = await start(house, ola, body, key: "bad")
            #expect(refused.status == 422 && refused.code == "helpdesk.notice_words_refused", "\(text): \(refused)")
            #expect(refused.body["pointer"] == .string("/" + name))
        }
    }

    /// CR-03
    @Test func `one key starts it once, and a restart goes on where it was`() async throws {
        let (house, ola) = try await open()
        let body: JSON = ["recipients": ["all": true], "types": ["mobile"]]
        let first = await start(house, ola, body)
        let again = await start(house, ola, body)
        #expect(first.status == 202 && first.body == again.body)
        #expect(
            await start(house, ola, ["recipients": ["all": true], "types": "all"]).code
                == "helpdesk.idempotency_key_reused")
        // The first page is written, then the process ends; another one finds the notice at its place.
        let found = try await house.database.read { try NoticeStore.open($0) }
        let next = try await QueueNotice(collaborators: house.collaborators).run(try required(found.first))
        #expect(next?.counts.queued == 1, "the first store's")
        // Whoever still believes in the old place writes nothing.
        #expect(try await QueueNotice(collaborators: house.collaborators).run(try required(found.first)) == nil)
        let later = try await house.restart()
        let notice = try await carryOut(later, ola, try required(first.body["id"]?.stringValue))
        #expect(notice["sent"] == 8 && notice["state"] == "finished")
        #expect(addresses(later).count == 8)
    }

    /// E3
    @Test func `stopped, nothing more goes out`() async throws {
        let (house, ola) = try await open()
        let accepted = await start(house, ola, ["recipients": ["all": true], "types": "all"])
        let id = try required(accepted.body["id"]?.stringValue)
        let worker = NoticeWorker(collaborators: house.collaborators)
        while try await worker.runOnce() {}
        let stopped = await house.send(.post, "/v1/enrollment-notices/\(id)/stop", as: ola)
        #expect(stopped.status == 200 && stopped.body["state"] == "stopped" && stopped.body["queued"] == 8)
        #expect(await house.send(.post, "/v1/enrollment-notices/\(id)/stop", as: ola).body == stopped.body)
        await house.worker.drain()
        _ = try await worker.runOnce()
        #expect(addresses(house).isEmpty)
        let ended = await house.send(.get, "/v1/enrollment-notices/\(id)", as: ola)
        #expect(ended.body["sent"] == 0 && ended.body["endedAt"]?.stringValue != nil)
        let second = await start(house, ola, ["recipients": ["all": true], "types": "all"], key: "second")
        let other = try required(second.body["id"]?.stringValue)
        _ = await house.send(.post, "/v1/enrollment-notices/\(other)/stop", as: ola)
        _ = try await worker.runOnce()
        #expect(await house.send(.get, "/v1/enrollment-notices/\(other)", as: ola).body["queued"] == 0)
    }

    @Test func `an auth service that does not answer holds it up and loses nothing`() async throws {
        let (house, ola) = try await open()
        let accepted = await start(house, ola, ["recipients": ["all": true], "types": "all"])
        house.auth.change { $0.failure = .unavailable(retryAfter: .seconds(1)) }
        await #expect(throws: HelpdeskError.self) {
            try await NoticeWorker(collaborators: house.collaborators).runOnce()
        }
        house.auth.change { $0.failure = nil }
        let notice = try await carryOut(house, ola, try required(accepted.body["id"]?.stringValue))
        #expect(notice["sent"] == 8)
    }

    @Test func `a notice that cannot go on holds up no other`() async throws {
        let (house, ola) = try await open()
        let stuck = await start(house, ola, ["recipients": ["all": true], "types": "all"])
        let words = "UPDATE enrollment_notices SET message = '{nobody}'"
        try await house.database.write { _ = try $0.execute(words) }
        let ben = JSON.string(try house.id("ben").text)
        let other = await start(house, ola, ["recipients": ["users": [ben]], "types": "all"], key: "other")
        let worker = NoticeWorker(collaborators: house.collaborators)
        #expect(try await worker.runOnce())
        await #expect(throws: HelpdeskError.self) { while try await worker.runOnce() {} }
        let id = try required(other.body["id"]?.stringValue)
        #expect(await house.send(.get, "/v1/enrollment-notices/\(id)", as: ola).body["queued"] == 1)
        let waiting = try required(stuck.body["id"]?.stringValue)
        #expect(await house.send(.get, "/v1/enrollment-notices/\(waiting)", as: ola).body["state"] == "queuing")
    }

    /// E3, PR-01
    @Test func `the preview counts, pages and shows the words`() async throws {
        let (house, ola) = try await open()
        let body: JSON = ["recipients": ["stores": ["staff"]], "types": ["mobile"]]
        let first = await house.send(.post, "/v1/enrollment-notices/preview?limit=3", as: ola, body)
        #expect(first.status == 200, "\(first)")
        #expect(first.body["total"] == 7 && first.body["invited"] == 7 && first.body["isWhole"] == true)
        let shown = try required(first.body["recipients"]?.arrayValue)
        #expect(
            shown.count == 3
                && shown.allSatisfy {
                    $0["address"]?.stringValue?.contains("•") == true
                        || $0["address"]?.stringValue?.contains("*") == true
                }, "\(shown)")
        let words = try required(first.body["words"])
        #expect(words["defaultMessage"]?.stringValue?.contains("{link}") == true)
        #expect(words["message"]?.stringValue?.contains("https://enroll.example.org/") == true)
        var (names, cursor) = (shown.compactMap { $0["login"]?.stringValue }, first.body["nextCursor"]?.stringValue)
        while let place = cursor {
            let page = await house.send(
                .post, "/v1/enrollment-notices/preview?limit=3&cursor=\(place)", as: ola, body)
            names += page.body["recipients"]?.arrayValue?.compactMap { $0["login"]?.stringValue } ?? []
            cursor = page.body["nextCursor"]?.stringValue
        }
        #expect(names.sorted() == ["ada", "anna", "ben", "cora", "ola", "paul", "pia"])
        try house.desk { $0.permissions.insert(.seeContactDetails) }
        let seen = await house.send(.post, "/v1/enrollment-notices/preview", as: ola, body)
        #expect(
            seen.body["recipients"]?.arrayValue?.first?["address"]?.stringValue?.hasSuffix("@people.example.org")
                == true)
        #expect(addresses(house).isEmpty)
    }

    /// OP-02
    @Test func `who may not, or reaches too far, starts and sees nothing`() async throws {
        let (house, ola) = try await open()
        let accepted = await start(house, ola, ["recipients": ["all": true], "types": "all"])
        let id = try required(accepted.body["id"]?.stringValue)
        try house.desk { $0.scope = [house.stores[1].id] }
        #expect(await house.send(.get, "/v1/enrollment-notices/\(id)", as: ola).code == "helpdesk.notice_not_found")
        #expect(await house.send(.post, "/v1/enrollment-notices/\(id)/stop", as: ola).status == 404)
        for recipients in [["stores": ["staff"]], ["users": [.string(try house.id("ben").text)]]] as [JSON] {
            let refused = await start(house, ola, ["recipients": recipients, "types": "all"], key: "far")
            #expect(refused.status == 403 && refused.code == "policy.store_out_of_scope", "\(refused)")
        }
        try house.desk { $0.permissions = [.searchUsers] }
        #expect(await start(house, ola, ["recipients": ["all": true], "types": "all"], key: "no").status == 403)
    }

    @Test func `what cannot be meant is refused and named`() async throws {
        let (house, ola) = try await open()
        let user = JSON.string(try house.id("ben").text)
        for body in [
            ["types": "all"], ["recipients": [:], "types": "all"], ["recipients": ["all": false], "types": "all"],
            ["recipients": ["all": true, "users": [user]], "types": "all"], ["recipients": ["all": true]],
            ["recipients": ["all": true], "types": []], ["recipients": ["all": true], "types": ["pigeon"]],
            ["recipients": ["users": [user], "except": [user]], "types": "all"],
            ["recipients": ["all": true], "types": "all", "subject": ""],
            ["recipients": ["all": true], "types": "all", "x": 1],
        ] as [JSON] {
            let refused = await start(house, ola, body, key: "bad")
            #expect(refused.status == 422 || refused.status == 400, "\(body): \(refused)")
            #expect(refused.body["pointer"]?.stringValue != nil, "\(body): \(refused)")
        }
        #expect(
            await start(house, ola, ["recipients": ["stores": ["nowhere"]], "types": "all"], key: "bad").status == 404)
        #expect(try await house.database.read { try NoticeStore.open($0) }.isEmpty)
    }
}
