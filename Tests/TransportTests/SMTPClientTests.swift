import Model
import TestSupport
import Testing

@testable import Transport

@Suite struct SMTPClientTests {
    @Test func `a mail arrives under TLS, signed in, with its envelope`() async throws {
        let sink = try MailSink()
        try await SMTPClient(sink.settings(), threads: 1).send(mail())
        let envelope = try #require(sink.envelopes.first)
        #expect(envelope.contains("\"from\": \"helpdesk@example.org\", \"to\": [\"jane@example.org\"]"))
        #expect(envelope.contains("\"tls\": true, \"user\": \"helpdesk\", \"helo\": \"lk\""))
    }

    @Test func `a connection is used again`() async throws {
        let sink = try MailSink()
        let client = try SMTPClient(sink.settings(), threads: 1)
        for number in 1...3 { try await client.send(mail(id: "m\(number)@example.org")) }
        let ports = sink.envelopes.compactMap { $0.split(separator: "\"peerPort\": ").last }
        #expect(ports.count == 3)
        #expect(Set(ports).count == 1)
    }

    @Test func `a check signs in and sends nothing`() async throws {
        let sink = try MailSink()
        try await SMTPClient(sink.settings(), threads: 1).check()
        await #expect {
            try await SMTPClient(sink.settings(password: "wrong"), threads: 1).check()
        } throws: { error in
            guard case TransportError.refused(code: 535, _) = error else { return false }
            return true
        }
        #expect(sink.mails.isEmpty)
    }

    @Test func `implicit TLS works`() async throws {
        let sink = try MailSink(["--tls", "implicit"])
        try await SMTPClient(sink.settings(security: .implicitTLS), threads: 1).send(mail())
        #expect(sink.envelopes.count == 1)
    }

    @Test func `a server of another authority is refused`() async throws {
        let sink = try MailSink()
        let stranger = try TestCertificates()
        var settings = try sink.settings()
        settings.caFile = stranger.authority
        await expectTLSError(settings)
        #expect(sink.envelopes.isEmpty)
    }

    @Test func `a server of another name is refused`() async throws {
        let sink = try MailSink(certificates: TestCertificates(names: "DNS:mail.example.org"))
        await expectTLSError(try sink.settings())
        #expect(sink.envelopes.isEmpty)
    }

    @Test func `nothing is said to a server that offers no STARTTLS`() async throws {
        let sink = try MailSink(["--tls", "none", "--no-auth"])
        await expectTLSError(try sink.settings())
        #expect(sink.envelopes.isEmpty)
    }

    @Test func `mail leaves the machine only over TLS`() throws {
        #expect(throws: TransportError.self) {
            try SMTPSettings(host: "mail.example.org", port: 25, security: .none)
        }
        #expect(throws: TransportError.self) {
            try SMTPSettings(host: "127.example.org", port: 25, security: .none)
        }
        #expect(try SMTPSettings(host: "127.0.0.1", port: 25, security: .none).security == .none)
    }

    @Test func `a server on this machine may be spoken to in clear`() async throws {
        let sink = try MailSink(["--tls", "none", "--no-auth"])
        try await SMTPClient(sink.settings(security: .none, password: nil), threads: 1).send(mail())
        #expect(sink.envelopes.count == 1)
    }

    @Test func `a wrong password is the server's refusal`() async throws {
        let sink = try MailSink()
        let error = await error(sink, password: "wrong")
        guard case .refused(code: 535, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [("reject", 550), ("defer", 451), ("refuse-data", 554), ("defer-data", 452)])
    func `a refusal carries the server's code and words`(recipient: String, code: Int) async throws {
        let sink = try MailSink()
        let error = await error(sink, to: "\(recipient)@example.org")
        guard case .refused(code: code, let text) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(text.hasPrefix("\(code) "))
    }

    @Test func `after a refusal the next mail goes through`() async throws {
        let sink = try MailSink()
        let client = try SMTPClient(sink.settings(), threads: 1)
        await #expect(throws: TransportError.self) { try await client.send(mail(to: "reject@example.org")) }
        try await client.send(mail())
        #expect(sink.envelopes.count == 1)
    }

    @Test func `a slow server runs into the deadline`() async throws {
        let sink = try MailSink()
        var settings = try sink.settings()
        settings.deadline = .milliseconds(800)
        let client = SMTPClient(settings, threads: 1)
        await #expect(throws: TransportError.timedOut) { try await client.send(mail(to: "slow@example.org")) }
    }

    @Test func `a server that hangs up and one that is not there are unreachable`() async throws {
        let sink = try MailSink()
        #expect(await error(sink, to: "drop@example.org") == .unreachable)
        let settings = try sink.settings(port: freePort())
        await #expect(throws: TransportError.unreachable) { try await SMTPClient(settings, threads: 1).send(mail()) }
    }

    @Test func `a server that was restarted is used again`() async throws {
        let sink = try MailSink()
        let client = try SMTPClient(sink.settings(), threads: 1)
        try await client.send(mail())
        try sink.server.stop()
        let again = try KitServer(
            "smtp-sink.py", [sink.folder.path, "--port", "\(sink.server.port)"] + sink.certificates.arguments)
        try await client.send(mail(id: "m2@example.org"))
        #expect(again.process.isRunning)
        #expect(sink.mails.contains { $0.contains("m2@example.org") })
    }

    @Test func `a connection that stalls or is reset fails in time`() async throws {
        let sink = try MailSink()
        let folder = TemporaryFolder()
        let mode = folder.write("mode", "stall")
        let proxy = try KitServer("fault-proxy.py", ["\(sink.server.port)", mode])
        var settings = try sink.settings(port: proxy.port)
        settings.deadline = .milliseconds(700)
        let client = SMTPClient(settings, threads: 1)
        await #expect(throws: TransportError.timedOut) { try await client.send(mail()) }
        folder.write("mode", "cut 300")
        await #expect(throws: TransportError.self) { try await client.send(mail()) }
        folder.write("mode", "ok")
        settings.deadline = .seconds(10)
        try await SMTPClient(settings, threads: 1).send(mail())
        #expect(sink.envelopes.count == 1)
    }

    private func expectTLSError(_ settings: SMTPSettings) async {
        await #expect { try await SMTPClient(settings, threads: 1).send(mail()) } throws: { error in
            guard case TransportError.tls = error else { return false }
            return true
        }
    }

    private func error(_ sink: MailSink, to: String = "jane@example.org", password: String = "mail-secret") async
        -> TransportError?
    {
        do {
            try await SMTPClient(sink.settings(password: password), threads: 1).send(mail(to: to))
            return nil
        } catch {
            return error as? TransportError
        }
    }
}
