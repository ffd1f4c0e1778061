import Model
import SQL
import TestSupport
import Testing

@testable import Messaging

@Suite struct OutboxTests {
    @Test(arguments: Dialect.allCases)
    func `a message is delivered once, in its final words`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.code("m1"))
        let worker = fixture.worker()
        await worker.drain()
        await worker.drain()
        let message = try #require(fixture.channel.delivered.first)
        #expect(fixture.channel.ids == ["m1"])
        #expect(message.to == "jane.doe@example.org")
        #expect(message.subject == "Latchkey: your access code")
        #expect(message.text.contains("31415926"))
        #expect(message.created == fixture.clock.now())
        let status = try #require(try await fixture.status("m1"))
        #expect(status.state == .sent)
        #expect(status.attempts == 1)
        #expect(status.nextAttempt == nil)
    }

    /// CR-05: the row stands in the transaction of the act.
    @Test(arguments: Dialect.allCases)
    func `a transaction that fails leaves no message`(engine: Dialect) async throws {
        struct Failure: Error {}
        let fixture = try await OutboxFixture(engine)
        await #expect(throws: Failure.self) {
            try await fixture.database.write { [outbox = fixture.outbox] transaction in
                try outbox.enqueue(.code("m1"), in: transaction)
                throw Failure()
            }
        }
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        #expect(try await fixture.status("m1") == nil)
    }

    /// VS-10: the sealed message waits for the result.
    @Test(arguments: Dialect.allCases)
    func `a held message goes out once released and not before`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.password("m1", "secret-1", held: true), .code("m2", group: "other"))
        let worker = fixture.worker()
        await worker.drain()
        #expect(fixture.channel.ids == ["m2"])
        #expect(try await fixture.status("m1")?.state == .held)
        let outbox = fixture.outbox
        let released = try await fixture.database.write { try outbox.release(group: "operation-1", in: $0) }
        #expect(released == 1)
        await worker.drain()
        #expect(fixture.channel.ids == ["m2", "m1"])
        #expect(try await fixture.database.write { try outbox.release(group: "operation-1", in: $0) } == 0)
    }

    @Test(arguments: Dialect.allCases)
    func `a discarded message is wiped and cannot be released`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.password("m1", "secret-1", held: true))
        let outbox = fixture.outbox
        #expect(try await fixture.database.write { try outbox.discard(group: "operation-1", in: $0) } == 1)
        #expect(try await fixture.database.write { try outbox.release(group: "operation-1", in: $0) } == 0)
        await fixture.worker().drain()
        #expect(fixture.channel.ids == [])
        #expect(try await fixture.status("m1")?.state == .discarded)
        #expect(try await fixture.sealed("m1") == nil)
    }

    @Test(arguments: [
        ("jane", MessageChannelKind.email), ("a@b@c", .email), ("jane@example.org\r\nBcc: x@example.org", .email),
        ("+120255", .sms), ("12025550100", .sms), ("+1 202 555 0100", .sms), ("jane@example.org", .sms),
    ])
    func `what is no address is refused and nothing is stored`(
        address: String, channel: MessageChannelKind
    ) async throws {
        let fixture = try await OutboxFixture()
        await #expect(throws: OutboxError.badAddress) {
            try await fixture.enqueue(.code("m1", to: address, channel: channel))
        }
        #expect(try await fixture.status("m1") == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `a message with a wrong field is refused and nothing is stored`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        let wrong = OutboxMessage(
            id: OutboxMessage.code("m1").id, kind: .accessCode, channel: .email, address: "jane@example.org",
            fields: ["code": "1", "minutes": "10"])
        await #expect(throws: OutboxError.template(.missingField(.accessCode, .action))) {
            try await fixture.enqueue(wrong)
        }
        #expect(try await fixture.status("m1") == nil)
    }

    @Test(arguments: Dialect.allCases)
    func `an id can be used once`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.code("m1"))
        await #expect(throws: (any Error).self) { try await fixture.enqueue(.code("m1")) }
    }

    @Test(arguments: Dialect.allCases)
    func `codes and passwords overtake notices, else the order is that of time`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        for message in [OutboxMessage.notice("n1"), .notice("n2"), .code("c1"), .notice("n3"), .code("c2")] {
            try await fixture.enqueue(message)
            fixture.clock.advance(by: .seconds(1))
        }
        await fixture.worker().drain()
        #expect(fixture.channel.ids == ["c1", "c2", "n1", "n2", "n3"])
    }

    /// PR-01: what an operator is told.
    @Test(arguments: Dialect.allCases)
    func `the status of a group shows masked addresses, codes and the next try`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(
            .code("m1"), .code("m2", to: "+12025550123", channel: .sms), .code("m3", group: "other"))
        fixture.channel.failAlways(.temporary(reason: "smtp_451_4.3.0"))
        await fixture.worker().drain()
        let statuses = try await fixture.database.read { [outbox = fixture.outbox] connection in
            try outbox.status(group: "verification-1", connection)
        }
        #expect(statuses.map(\.message.text) == ["m1", "m2"])
        #expect(statuses.map(\.masked) == ["j•••@example.org", "+12•••••••23"])
        #expect(statuses.map(\.state) == [.ready, .sent])
        #expect(statuses.map(\.lastError) == ["smtp_451_4.3.0", nil])
        #expect(statuses.map(\.kind) == [.accessCode, .accessCode])
        #expect(statuses.first?.nextAttempt == fixture.clock.now() + .seconds(1))
    }

    @Test(arguments: Dialect.allCases)
    func `nothing is lost when the service stops and starts again`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        fixture.channel.failAlways(.temporary(reason: "unreachable"))
        try await fixture.enqueue(.notice("m1"), .password("m2", "secret-1", held: true))
        await fixture.worker().drain()
        fixture.database.close()

        let reopened = try fixture.store.openAgain()
        let outbox = try OutboxFixture.outbox(
            keys: fixture.folder.file("keys"), clock: fixture.clock, smsPolicy: fixture.outbox.smsPolicy)
        fixture.clock.advance(by: .seconds(60))
        fixture.channel.failAlways(nil)
        _ = try await reopened.write { try outbox.release(group: "operation-1", in: $0) }
        let worker = OutboxWorker(
            database: reopened, outbox: outbox, channels: [.email: fixture.channel], log: fixture.log,
            metrics: fixture.metrics)
        await worker.drain()
        #expect(Set(fixture.channel.ids) == ["m1", "m2"])
        #expect(fixture.channel.delivered.contains { $0.text.contains("secret-1") })
    }

    @Test(arguments: Dialect.allCases)
    func `what ended long ago can be purged and nothing else`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        try await fixture.enqueue(.notice("old"))
        await fixture.worker().drain()
        fixture.clock.advance(by: .seconds(86_400 * 90))
        try await fixture.enqueue(.notice("new"), .password("held", "x1", held: true))
        let cut = fixture.clock.now() - .seconds(86_400 * 30)
        let purged = try await fixture.database.write { [outbox = fixture.outbox] transaction in
            try outbox.purge(endedBefore: cut, in: transaction)
        }
        #expect(purged == 1)
        #expect(try await fixture.status("old") == nil)
        #expect(try await fixture.status("new")?.state == .ready)
        #expect(try await fixture.status("held")?.state == .held)
    }

    @Test(arguments: Dialect.allCases)
    func `a held message that nobody decides on is wiped after a day`(engine: Dialect) async throws {
        let fixture = try await OutboxFixture(engine)
        var code = OutboxMessage.code("code", expires: fixture.clock.now() + .seconds(600))
        code.held = true
        try await fixture.enqueue(.password("password", "x1", held: true), code)
        fixture.clock.advance(by: .seconds(700))
        await fixture.worker().wipeForgotten()
        #expect(try await fixture.status("code")?.state == .expired)
        #expect(try await fixture.status("password")?.state == .held)
        fixture.clock.advance(by: .seconds(86_400))
        await fixture.worker().wipeForgotten()
        #expect(try await fixture.status("password")?.state == .discarded)
        #expect(try await fixture.sealed("password") == nil)
    }
}
