import Model
import SQL
import TestSupport
import Testing

@testable import Messaging

@Suite struct DeliveryTests {
    /// CR-05: back-off 1 s to 15 min, dead letter after 24 h.
    @Test(arguments: Dialect.allCases)
    func `tries are spaced by the schedule until the message is given up after a day`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.failAlways(.temporary(reason: "unreachable"))
        let start = fixture.clock.now()
        try await fixture.enqueue(.notice("m1"))
        let worker = fixture.worker()
        var pauses: [Int64] = []
        while let status = try await fixture.status("m1"), status.state == .ready {
            let before = fixture.clock.now()
            await worker.drain()
            guard let next = try await fixture.status("m1")?.nextAttempt else { break }
            pauses.append((next - before).wholeMicroseconds / 1_000)
            fixture.clock.set(next)
        }
        for (index, pause) in pauses.dropLast().enumerated() {
            let step: Int64 = min(900_000, 1_000 << Int64(min(index, 10)))
            #expect((max(1_000, step / 2)...step).contains(pause), "pause \(index) is \(pause) ms")
        }
        #expect(pauses.count > 96)
        #expect(fixture.clock.now() - start == .seconds(86_400))
        let status = try #require(try await fixture.status("m1"))
        #expect(status.state == .dead)
        #expect(status.lastError == "unreachable")
        #expect(try await fixture.sealed("m1") == nil)
        #expect(fixture.channel.ids == [])
    }

    @Test(arguments: Dialect.allCases)
    func `a message that was held counts its day from the release`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.fail(.temporary(reason: "unreachable"))
        try await fixture.enqueue(.password("m1", "x1", held: true))
        fixture.clock.advance(by: .seconds(80_000))
        _ = try await fixture.database.write { [outbox = fixture.outbox] in
            try outbox.release(group: "operation-1", in: $0)
        }
        fixture.clock.advance(by: .seconds(80_000))
        await fixture.worker().drain()
        #expect(try await fixture.status("m1")?.state == .ready)
    }

    @Test(arguments: Dialect.allCases)
    func `a pause the server asks for is kept, up to 15 minutes`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        for (asked, granted) in [(Duration.seconds(7), Duration.seconds(7)), (.seconds(86_400), .seconds(900))] {
            let delay = BackOff.delay(after: 1, asked: asked, random: SeededRandom())
            #expect(delay == granted)
        }
        fixture.channel.fail(.temporary(reason: "busy", retryAfter: .seconds(120)))
        try await fixture.enqueue(.notice("m1"))
        await fixture.worker().drain()
        #expect(try await fixture.status("m1")?.nextAttempt == fixture.clock.now() + .seconds(120))
    }

    @Test(arguments: Dialect.allCases)
    func `a message refused for good is given up at once and wiped`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.fail(.permanent(reason: "smtp_550_5.1.1"))
        try await fixture.enqueue(.notice("m1"))
        await fixture.worker().drain()
        let status = try #require(try await fixture.status("m1"))
        #expect(status.state == .dead)
        #expect(status.lastError == "smtp_550_5.1.1")
        #expect(try await fixture.sealed("m1") == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `a message for a channel that is not there is given up with that reason`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.notice("m1"))
        await fixture.worker(channels: [:]).drain()
        #expect(try await fixture.status("m1")?.state == .dead)
        #expect(try await fixture.status("m1")?.lastError == "channel_not_configured")
    }

    /// CR-05: expired codes are not sent late.
    @Test(arguments: Dialect.allCases)
    func `an expired code is never sent`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.code("m1", expires: fixture.clock.now() + .seconds(600)))
        fixture.clock.advance(by: .seconds(600))
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        #expect(try await fixture.status("m1")?.state == .expired)
        #expect(try await fixture.status("m1")?.attempts == 0)
        #expect(try await fixture.sealed("m1") == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `a code that could only be sent late is ended at once, so that the operator hears of it`(engine: Dialect)
        async throws
    {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.fail(.temporary(reason: "busy", retryAfter: .seconds(300)))
        try await fixture.enqueue(.code("m1", expires: fixture.clock.now() + .seconds(300)))
        await fixture.worker().drain()
        #expect(try await fixture.status("m1")?.state == .expired)
        #expect(try await fixture.status("m1")?.lastError == "busy")
    }

    @Test(arguments: Dialect.allCases)
    func `a leased message is nobody else's until the lease ends`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.notice("m1"))
        let first = try #require(try await claim(fixture))
        #expect(try await claim(fixture) == nil)
        fixture.clock.advance(by: Outbox.lease)
        let second = try #require(try await claim(fixture))
        // CR-05: at least once, with the same id, so with the same Message-ID.
        #expect(second.message.id == first.message.id)
        #expect(second.message.created == first.message.created)
        #expect(second.facts.attempts == 2)

        let outbox = fixture.outbox
        let late = try await fixture.database.write { try outbox.settle(first, nil, in: $0) }
        #expect(late == nil)
        #expect(try await fixture.status("m1")?.state == .sending)
        let settled = try await fixture.database.write { try outbox.settle(second, nil, in: $0) }
        #expect(settled?.state == .sent)
    }

    @Test(arguments: Dialect.allCases)
    func `a message of a kind this version does not know waits and stops nobody`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.code("m1"), .notice("m2"))
        _ = try await fixture.database.write { transaction in
            try transaction.execute("UPDATE outbox SET kind = 'ofTomorrow' WHERE id = 'm1'")
        }
        await fixture.worker().drain()
        #expect(fixture.channel.ids == ["m2"])
        let survey = try await fixture.database.read { [outbox = fixture.outbox] connection in
            try outbox.survey(.email, limit: 8, connection)
        }
        #expect(survey.due == 0)
        #expect(try await fixture.sealed("m1") != nil)
    }

    @Test(arguments: Dialect.allCases)
    func `a message whose worker died is sent by the next one`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.notice("m1"))
        _ = try await claim(fixture)
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        fixture.clock.advance(by: Outbox.lease)
        await fixture.worker().drain()
        #expect(fixture.channel.ids == ["m1"])
    }

    /// PW-03: the seal is bound to the message.
    @Test(arguments: Dialect.allCases)
    func `a body moved to another row, or altered, is not sent and not lost`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.password("m1", "secret-1"), .notice("m2", to: "thief@example.org"))
        _ = try await fixture.database.write { transaction in
            try transaction.execute(
                "UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE id = 'm1') WHERE id = 'm2'")
        }
        await fixture.worker().drain()
        #expect(fixture.channel.ids == ["m1"])
        #expect(try await fixture.status("m2")?.lastError == "sealed_content_unreadable")
        #expect(try await fixture.status("m2")?.state == .ready)
        #expect(fixture.lines.withLock { $0.contains { $0.contains("message.channel_misconfigured") } })
    }

    @Test(arguments: Dialect.allCases)
    func `logs and metrics tell ids and codes and nothing of the message`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.fail(.misconfigured(reason: "smtp_535_5.7.8"), .permanent(reason: "smtp_550"))
        try await fixture.enqueue(.notice("m1"), .notice("m2"), .password("m3", "canary-password"))
        try await fixture.enqueue(.code("m4", expires: fixture.clock.now()))
        await fixture.worker().drain()
        await fixture.worker().count()
        let log = fixture.lines.withLock { $0.joined() }
        #expect(log.contains("\"event\":\"message.channel_misconfigured\""))
        #expect(log.contains("\"reason\":\"smtp_535_5.7.8\""))
        #expect(log.contains("\"message\":\"m3\""))
        for secret in ["canary-password", "jane", "example.org", "jdoe", "31415926"] { #expect(!log.contains(secret)) }
        let page = fixture.metrics.render()
        #expect(page.contains("latchkey_messages_sent_total{channel=\"email\"} 1\n"))
        #expect(page.contains("latchkey_messages_failed_total{channel=\"email\"} 2\n"))
        #expect(page.contains("latchkey_messages_dead_total{channel=\"email\",state=\"dead\"} 1\n"))
        #expect(page.contains("latchkey_messages_dead_total{channel=\"email\",state=\"expired\"} 1\n"))
        #expect(page.contains("latchkey_messages_queued{channel=\"email\"} 1"))
    }

    @Test func `the next message is found by an index, however long the queue`() async throws {
        let fixture = try await OutboxFixture(.sqlite)
        let plan = try await fixture.database.read { connection in
            try connection.query("EXPLAIN QUERY PLAN " + Outbox.nextDueQuery, [.text("email"), 0, 0])
                .map { try $0.text(3) }
        }
        #expect(plan == ["SEARCH outbox USING INDEX outbox_next (channel=? AND urgency=? AND due_at<?)"])
    }

    private func claim(_ fixture: OutboxFixture) async throws -> ClaimedMessage? {
        let outbox = fixture.outbox
        let claim = try await fixture.database.write { try outbox.claim(.email, in: $0) }
        guard case .deliver(let claimed) = claim else { return nil }
        return claimed
    }
}
