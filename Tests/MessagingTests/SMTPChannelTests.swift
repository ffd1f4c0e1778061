import Model
import TestSupport
import Testing

@testable import Messaging

@Suite struct SMTPChannelTests {
    @Test func `a message becomes a mail that says who, what, when and that a machine wrote it`() async throws {
        let sink = try MailSink()
        let error = await failure(
            try sink.channel(), rendered(to: "jane@example.org", text: "Grüße\n", subject: "Schlüssel"))
        #expect(error == nil)
        let mail = try #require(sink.mails.first)
        for line in [
            "From: Help desk <helpdesk@example.org>", "To: <jane@example.org>", "Message-ID: <m1@example.org>",
            "Date: Sat, 21 Nov 2026 09:45:00 +0000", "Auto-Submitted: auto-generated",
            "Subject: =?UTF-8?B?U2NobMO8c3NlbA==?=", "Content-Type: text/plain; charset=utf-8",
        ] {
            #expect(mail.contains(line + "\r\n"))
        }
        #expect(sink.envelopes.first?.contains("\"tls\": true, \"user\": \"helpdesk\"") == true)
    }

    @Test(arguments: [
        ("reject", DeliveryError.permanent(reason: "smtp_550_5.1.1")),
        ("defer", .temporary(reason: "smtp_451_4.3.0")), ("refuse-data", .permanent(reason: "smtp_554_5.7.1")),
        ("defer-data", .temporary(reason: "smtp_452_4.3.1")), ("drop", .temporary(reason: "unreachable")),
        ("slow", .temporary(reason: "timed_out")),
    ])
    func `each fault of a mail server is temporary or permanent as it should be`(
        recipient: String, wanted: DeliveryError
    ) async throws {
        let sink = try MailSink()
        let channel = try sink.channel(options: "deadlineSeconds: 2")
        #expect(await failure(channel, rendered(to: "\(recipient)@example.org")) == wanted)
    }

    @Test func `a refused sign-in and a refused certificate wait for the administrator`() async throws {
        let sink = try MailSink()
        let jane = rendered(to: "jane@example.org")
        #expect(await failure(try sink.channel(password: "wrong"), jane) == .misconfigured(reason: "smtp_535_5.7.8"))
        let other = try MailSink(["--tls", "none", "--no-auth"])
        #expect(await failure(try other.channel(), jane) == .misconfigured(reason: "tls_refused"))
        let nobody = try sink.channel(port: freePort())
        #expect(await failure(nobody, jane) == .temporary(reason: "unreachable"))
        #expect(other.mails.isEmpty && sink.mails.isEmpty)
    }

    @Test func `a check finds what would keep mail from leaving`() async throws {
        let sink = try MailSink()
        #expect(await finding(try sink.channel()) == nil)
        #expect(await finding(try sink.channel(password: "wrong")) == .misconfigured(reason: "smtp_535_5.7.8"))
        #expect(await finding(try sink.channel(port: freePort())) == .temporary(reason: "unreachable"))
        #expect(sink.mails.isEmpty)
    }

    /// IN-03: what gets past the outbox is still refused where headers are made.
    @Test func `a message that would make a header is refused for good`() async throws {
        let sink = try MailSink()
        let channel = try sink.channel()
        for message in [
            rendered(to: "jane@example.org\r\nBcc: x@example.org"),
            rendered(to: "jane@example.org", subject: "a\r\nBcc: x@example.org"),
        ] {
            #expect(await failure(channel, message) == .permanent(reason: "mail_not_sendable"))
        }
        #expect(sink.mails.isEmpty)
    }

    /// CR-05: at least once, and recognizable.
    @Test func `a mail whose answer got lost comes again with the same Message-ID`() async throws {
        let sink = try MailSink()
        let fixture = try await OutboxFixture()
        try await fixture.enqueue(.notice("m1", to: "lost-answer@example.org"))
        let worker = fixture.worker(channels: [.email: try sink.channel()])
        await worker.drain()
        #expect(try await fixture.status("m1")?.lastError == "unreachable")
        fixture.clock.advance(by: .seconds(5))
        await worker.drain()
        let ids = sink.mails.flatMap { $0.split(separator: "\r\n") }.filter { $0.hasPrefix("Message-ID:") }
        #expect(ids == ["Message-ID: <m1@example.org>", "Message-ID: <m1@example.org>"])
    }

    @Test func `a server that defers gets the mail later and nothing is lost`() async throws {
        let sink = try MailSink()
        let fixture = try await OutboxFixture()
        try await fixture.enqueue(.notice("m1", to: "flaky-3@example.org"), .notice("m2"))
        let worker = fixture.worker(channels: [.email: try sink.channel()])
        for _ in 0..<6 {
            await worker.drain()
            fixture.clock.advance(by: .seconds(10))
        }
        #expect(try await fixture.status("m1")?.state == .sent)
        #expect(try await fixture.status("m1")?.attempts == 4)
        #expect(sink.mails.count == 2)
    }
}
