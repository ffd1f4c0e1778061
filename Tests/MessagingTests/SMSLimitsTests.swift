import Model
import SQL
import TestSupport
import Testing

@testable import Messaging

/// RL-04: SMS only to allowed countries and within a daily budget.
@Suite struct SMSLimitsTests {
    @Test func `a number of another country is refused for good`() async throws {
        let fixture = try await OutboxFixture(smsPolicy: SMSPolicy(allowedPrefixes: ["+49", "+41"]))
        try await fixture.enqueue(.code("m1", to: "+12025550100", channel: .sms))
        try await fixture.enqueue(.code("m2", to: "+4915112345678", channel: .sms))
        await fixture.worker().drain()
        #expect(fixture.smsChannel.ids == ["m2"])
        #expect(try await fixture.status("m1")?.state == .dead)
        #expect(try await fixture.status("m1")?.lastError == "sms_country_not_allowed")
        #expect(try await sent(fixture) == 1)
    }

    @Test func `an outbox that was told nothing sends no SMS`() async throws {
        let fixture = try await OutboxFixture(smsPolicy: SMSPolicy(allowedPrefixes: []))
        try await fixture.enqueue(.code("m1", to: "+12025550100", channel: .sms))
        await fixture.worker().drain()
        #expect(fixture.smsChannel.ids == [])
    }

    @Test func `SMS over the day's budget wait for the next day; codes expire instead`() async throws {
        let fixture = try await OutboxFixture(smsPolicy: SMSPolicy(allowedPrefixes: ["+1"], dailyBudget: 2))
        let soon = fixture.clock.now() + .seconds(300)
        for id in ["m1", "m2", "m3"] {
            try await fixture.enqueue(.code(id, to: "+12025550100", channel: .sms))
            fixture.clock.advance(by: .seconds(1))
        }
        try await fixture.enqueue(.code("m4", to: "+12025550100", channel: .sms, expires: soon))
        await fixture.worker().drain()
        #expect(fixture.smsChannel.ids == ["m1", "m2"])
        #expect(try await sent(fixture) == 2)
        let third = try #require(try await fixture.status("m3"))
        #expect(third.state == .ready)
        #expect(third.lastError == "sms_budget_exhausted")
        #expect(third.attempts == 0)
        #expect(third.nextAttempt == Timestamp(rfc3339: "2026-11-22T00:00:00Z"))
        #expect(try await fixture.status("m4")?.state == .expired)

        fixture.clock.set(try #require(third.nextAttempt))
        await fixture.worker().drain()
        #expect(fixture.smsChannel.ids == ["m1", "m2", "m3"])
        #expect(try await sent(fixture) == 1)
    }

    @Test func `a budget of nothing sends nothing`() async throws {
        let fixture = try await OutboxFixture(smsPolicy: SMSPolicy(allowedPrefixes: ["+1"], dailyBudget: 0))
        try await fixture.enqueue(.code("m1", to: "+12025550100", channel: .sms))
        await fixture.worker().drain()
        #expect(fixture.smsChannel.ids == [])
        #expect(try await sent(fixture) == 0)
    }

    @Test func `a failed SMS counts, since it may have been charged`() async throws {
        let fixture = try await OutboxFixture(smsPolicy: SMSPolicy(allowedPrefixes: ["+1"], dailyBudget: 5))
        fixture.smsChannel.fail(.temporary(reason: "timed_out"))
        try await fixture.enqueue(.code("m1", to: "+12025550100", channel: .sms))
        await fixture.worker().drain()
        fixture.clock.advance(by: .seconds(1))
        await fixture.worker().drain()
        #expect(try await sent(fixture) == 2)
    }

    @Test(arguments: [
        ("+12025550100", true), ("+123456789012345", true), ("+1234567", true), ("+123456", false),
        ("+1234567890123456", false), ("+0123456789", false), ("12025550100", false), ("+1202555010a", false),
        ("+1 2025550100", false), ("", false), ("+", false), ("+１２０２５５５０１００", false), ("+12025550100\n", false),
    ])
    func `only international numbers are numbers`(text: String, isNumber: Bool) {
        #expect(E164.isNumber(text) == isNumber)
    }

    @Test(arguments: [
        ("+12025550100", "+1"), ("+74951234567", "+7"), ("+4915112345678", "+49"), ("+35312345678", "+353"),
        ("+41441234567", "+41"), ("+4232345678", "+423"), ("+97212345678", "+972"), ("+886212345678", "+886"),
    ])
    func `the country code of a number is found`(number: String, code: String) {
        #expect(E164.countryCode(of: number) == code)
    }

    @Test(
        arguments: [
            ("+1 (202) 555-0100", "+12025550100"), ("0049 151 12345678", "+4915112345678"),
            ("+49 (0)151/123.456-78", "+4915112345678"), ("+12025550100", "+12025550100"),
            ("202-555-0100", nil), ("0151 12345678", nil), ("+1 202 555 0100 ext. 7", nil), ("+1\n2025550100", nil),
            ("", nil),
        ] as [(String, String?)])
    func `a number as people write it is normalized where it names its country`(text: String, number: String?) {
        #expect(E164.normalized(text) == number)
    }

    private func sent(_ fixture: OutboxFixture) async throws -> Int {
        let now = fixture.clock.now()
        return try await fixture.database.read { [outbox = fixture.outbox] connection in
            try outbox.smsSent(onDayOf: now, connection)
        }
    }
}
