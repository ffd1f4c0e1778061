import Model
import SQL
import TestSupport
import Testing

@testable import Messaging

@Suite struct QueueTests {
    private func id(_ text: String) throws -> MessageID { try #require(MessageID(text)) }

    private func list(
        _ fixture: OutboxFixture, _ states: Set<DeliveryState> = [], channel: MessageChannelKind? = nil,
        after: QueuePosition? = nil, limit: Int = 50
    ) async throws -> [QueuedMessage] {
        var filter = QueueFilter()
        filter.states = states
        filter.channel = channel
        return try await fixture.database.read { [fixture, filter] connection in
            try fixture.outbox.list(filter, after: after, limit: limit, connection)
        }
    }

    private func change(
        _ fixture: OutboxFixture, _ body: @escaping @Sendable (Outbox, Transaction) throws -> QueueChange
    ) async throws -> QueueChange {
        try await fixture.database.write { [fixture] transaction in try body(fixture.outbox, transaction) }
    }

    @Test(arguments: Dialect.allCases)
    func `a message is listed with everything but its address and its words`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        var message = OutboxMessage.code("m1", to: "jane.doe@example.org")
        message.language = "de-CH"
        try await fixture.enqueue(message)
        fixture.channel.fail(.temporary(reason: "smtp_451_4.3.0"))
        let written = fixture.clock.now()
        fixture.clock.advance(by: .seconds(2))
        await fixture.worker().drain()
        let shown = try #require(try await list(fixture).first)
        #expect(shown.subject == "Latchkey: Ihr Zugangscode")
        #expect(shown.status.masked == "j•••@example.org")
        #expect(shown.status.attempts == 1 && shown.status.lastError == "smtp_451_4.3.0")
        #expect(shown.created == written && shown.lastAttempt == written + .seconds(2))
        #expect(shown.status.nextAttempt != nil && shown.finished == nil)
        let text = String(decoding: shown.json.serialized(), as: UTF8.self)
        #expect(!text.contains("jane") && !text.contains("31415926"))
    }

    @Test(arguments: Dialect.allCases)
    func `pages go through all messages once, the newest first`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        for number in 0..<7 {
            try await fixture.enqueue(.notice("m\(number)"))
            if number % 2 == 0 { fixture.clock.advance(by: .seconds(1)) }
        }
        var seen: [String] = []
        var position: QueuePosition?
        repeat {
            let page = try await list(fixture, after: position, limit: 3)
            seen += page.map(\.status.message.text)
            position = page.last.map { QueuePosition(created: $0.created, id: $0.status.message) }
        } while position != nil
        #expect(seen == ["m6", "m5", "m4", "m3", "m2", "m1", "m0"])
    }

    @Test func `states and channel choose what is listed`() async throws {
        let fixture = try await OutboxFixture()
        fixture.smsChannel.failAlways(.permanent(reason: "gateway_400"))
        try await fixture.enqueue(
            .code("s1", to: "+12025550100", channel: .sms), .notice("m1"), .password("m2", "x1", held: true))
        await fixture.worker().drain()
        #expect(try await list(fixture, [.dead, .expired]).map(\.status.message.text) == ["s1"])
        #expect(try await list(fixture, [.held, .ready, .sending]).map(\.status.message.text) == ["m2"])
        #expect(try await list(fixture, channel: .sms).map(\.status.message.text) == ["s1"])
        #expect(try await list(fixture, [.sent], channel: .email).map(\.status.message.text) == ["m1"])
    }

    @Test func `sending now does not wait for the next try`() async throws {
        let fixture = try await OutboxFixture()
        fixture.channel.fail(.misconfigured(reason: "smtp_535"))
        try await fixture.enqueue(.notice("m1"))
        await fixture.worker().drain()
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        let m1 = try id("m1")
        #expect(try await change(fixture) { try $0.deliverNow(m1, in: $1) } == .done(.accountUnlocked))
        await fixture.worker().drain()
        #expect(fixture.channel.ids == ["m1"])
        #expect(try await change(fixture) { try $0.deliverNow(m1, in: $1) } == .notPossible(.sent))
    }

    /// PW-03: what is deleted is wiped.
    @Test func `a deleted message is not sent, and one that was given up is no longer listed`() async throws {
        let fixture = try await OutboxFixture()
        fixture.smsChannel.failAlways(.permanent(reason: "gateway_400"))
        try await fixture.enqueue(.notice("m1"), .code("s1", to: "+12025550100", channel: .sms))
        let (m1, s1) = (try id("m1"), try id("s1"))
        #expect(try await change(fixture) { try $0.delete(m1, in: $1) } == .done(.accountUnlocked))
        #expect(try await fixture.sealed("m1") == nil)
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        #expect(try await change(fixture) { try $0.delete(s1, in: $1) } == .done(.accessCode))
        #expect(try await list(fixture, [.dead]) == [])
        #expect(try await change(fixture) { try $0.delete(m1, in: $1) } == .notPossible(.discarded))
    }

    @Test func `what is held or being sent is nobody's to send or delete`() async throws {
        let fixture = try await OutboxFixture()
        try await fixture.enqueue(.password("m1", "secret-1", held: true), .notice("m2"))
        _ = try await fixture.database.write { [fixture] in try fixture.outbox.claim(.email, in: $0) }
        let (m1, m2, m3) = (try id("m1"), try id("m2"), try id("m3"))
        for (message, answer) in [
            (m1, QueueChange.notPossible(.held)), (m2, .notPossible(.sending)), (m3, .notFound),
        ] {
            #expect(try await change(fixture) { try $0.deliverNow(message, in: $1) } == answer)
            #expect(try await change(fixture) { try $0.delete(message, in: $1) } == answer)
        }
        #expect(try await fixture.sealed("m1") != nil)
    }

    @Test func `the numbers tell what waits, how long, and what was given up`() async throws {
        let fixture = try await OutboxFixture()
        fixture.channel.fail(.permanent(reason: "smtp_550"))
        try await fixture.enqueue(.notice("m1"))
        let worker = fixture.worker()
        await worker.drain()
        fixture.channel.failAlways(.temporary(reason: "smtp_451"))
        try await fixture.enqueue(.notice("m2"), .notice("m3"))
        fixture.clock.advance(by: .seconds(90))
        await worker.count()
        let shown = fixture.metrics.render()
        #expect(shown.contains("latchkey_messages_queued{channel=\"email\"} 2"))
        #expect(shown.contains("latchkey_messages_oldest_seconds{channel=\"email\"} 90"))
        #expect(shown.contains("latchkey_messages_given_up{channel=\"email\"} 1"))
    }
}
