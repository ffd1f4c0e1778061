import Model
import StrictJSON
import TestSupport
import Testing

@testable import Transport

@Suite struct MailMessageTests {
    /// IN-03: whatever could end a header line or begin another is refused, in every value that becomes one.
    @Test(arguments: [
        "a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\u{0}b", "a\u{7F}b", "a\tb", "a\u{1B}[0m", "\r\n\r\nbody",
        "a\u{B}b",
        "a\r\n", "\u{1}",
    ])
    func `a control character is refused in every value of a header`(text: String) {
        #expect(throws: MailMessageError.controlCharacter(field: "subject")) { try mail(subject: text) }
        #expect(throws: MailMessageError.controlCharacter(field: "name")) {
            try MailAddress("a@example.org", name: text)
        }
        #expect(throws: MailMessageError.badAddress) { try MailAddress("a\(text)@example.org") }
        #expect(throws: MailMessageError.badAddress) { try MailAddress("a@example.org\(text)") }
        #expect(throws: MailMessageError.badMessageID) { try mail(id: "m\(text)@example.org") }
    }

    @Test(arguments: [
        "", "@", "a@", "@example.org", "a b@example.org", "a@b@example.org", "<a@example.org>", "a@example.org>",
        "a@example..org", ".a@example.org", "a.@example.org", "a@-example.org", "-a@example.org", "a,b@example.org",
        "\"a b\"@example.org", "a@[127.0.0.1]", "a@example.org, b@example.org",
        "a@example.org SIZE=1", "a\u{2028}@example.org", "a\u{202E}b@example.org", "a\u{200B}@example.org",
        "a\u{85}@example.org", "a\u{A0}b@example.org", "a@b\u{2028}.example.org", "ä@-example.org", "ä@", "@ä",
        "a@ä ö.example", "a@ä/ö.example", "a@\u{AD}.example", "ä..b@example.org", "a@xn--a.ä\u{0}.example",
    ])
    func `what is no address is refused`(address: String) {
        #expect(throws: MailMessageError.badAddress) { try MailAddress(address) }
    }

    @Test(arguments: ["a@example.org", "first.last+tag@sub.example.org", "o'hara@example.org", "a_b-c@localhost"])
    func `an ordinary address is taken`(address: String) throws {
        #expect(try MailAddress(address).address == address)
    }

    @Test(arguments: [
        ("a@exämple.org", "a@xn--exmple-cua.org"), ("пример@почта.example", "пример@xn--80a1acny.example"),
        ("ä.ö+ü@example.org", "ä.ö+ü@example.org"), ("用户@例子.example", "用户@xn--fsqu00a.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
    ])
    func `an internationalized address is taken, its domain in ASCII`(address: String, taken: String) throws {
        let mailbox = try MailAddress(address)
        #expect(sameBytes(mailbox.address, taken))
        #expect(mailbox.isInternational == !address.prefix { $0 != "@" }.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: [
        (Int64(0), "Thu, 01 Jan 1970 00:00:00 +0000"), (1_795_254_300, "Sat, 21 Nov 2026 09:45:00 +0000"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (-1, "Wed, 31 Dec 1969 23:59:59 +0000"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 +0000"),
    ])
    func `the date is written as RFC 5322 has it`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).rfc5322 == text)
    }

    @Test(arguments: [
        "Plain", "Your code: 12345678 (5 min)", "Zürich – Straße", "日本語のとても長い件名です。折り返しを確かめるために書いています。もっと長く。",
        "=?UTF-8?B?SGVsbG8=?=", "a =?x?= b", "  spaces  ", String(repeating: "long words ", count: 20),
        String(repeating: "👩‍👩‍👧‍👦", count: 12), "\"quoted\" <x@example.org>, other", "e\u{301}", "a\u{202E}b",
    ])
    func `subject and name come back from Python's parser as they were`(text: String) throws {
        let message = try MailMessage(
            from: MailAddress("helpdesk@example.org", name: text), to: MailAddress("jane@example.org"),
            content: MailContent(subject: text, text: ""), messageID: "m1@example.org", date: Timestamp(seconds: 0))
        let head = message.headerLines.joined(separator: "\r\n")
        #expect(head.utf8.allSatisfy { $0 < 0x80 })
        #expect(head.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        let program = """
            import sys, email, email.policy
            from email.header import decode_header, make_header
            from email.utils import parseaddr
            raw = sys.stdin.buffer.read()
            m = email.message_from_bytes(raw, policy=email.policy.default)
            name, address = parseaddr(email.message_from_bytes(raw)["from"].replace("\\r\\n", ""))
            print(len(m.keys())); print(m["subject"]); print(make_header(decode_header(name)))
            print(address); print(m["to"]); print(m["auto-submitted"]); print(len(m.defects))
            """
        let result = try runSuccessfully(
            "/usr/bin/python3", ["-X", "utf8", "-c", program], input: Array((head + "\r\n\r\n").utf8))
        #expect(
            sameBytes(
                result.text,
                "6\n\(text)\n\(text)\nhelpdesk@example.org\njane@example.org\nauto-generated\n0\n"))
    }

    @Test(arguments: [
        "Hello.\n", "Grüße aus Zürich\n日本語\n", ".\n..\n.dot at the start\n", "a=b=\n=3D\n",
        "trailing space \nand tab\t\n",
        String(repeating: "a very long line ", count: 100) + "\n", "crlf\r\nmixed\nend\n", "\n\n\n", "From the start\n",
    ])
    func `the text comes back from Python's parser as it was`(text: String) async throws {
        let sink = try MailSink()
        try await SMTPClient(sink.settings(), threads: 1).send(mail(text: text))
        let raw = try #require(sink.mails.first)
        // libcurl's own line with the boundary has 81 characters, of the 998 a line may have (RFC 5322 §2.1.1).
        #expect(raw.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 || $0.hasPrefix("Content-Type: mul") })
        let program = """
            import sys, email, email.policy
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            part = m.get_body()
            sys.stdout.write(part.get_content_type() + "|" + part.get_content_charset() + "|" + m["message-id"] + "|")
            sys.stdout.write(str(len(m.defects)) + "|" + part.get_payload(decode=True).decode())
            """
        let result = try runSuccessfully(
            "/usr/bin/python3", ["-X", "utf8", "-c", program], input: Array(raw.utf8))
        let wanted = text.unicodeScalars.filter { $0 != "\r" }.reduce(into: "") { $0.unicodeScalars.append($1) }
        let got = result.text.unicodeScalars.filter { $0 != "\r" }.reduce(into: "") { $0.unicodeScalars.append($1) }
        #expect(sameBytes(got, "text/plain|utf-8|<m1@example.org>|0|" + wanted))
    }
}

/// What Python's parser makes of a mail that went through a real server.
@Suite struct ReceivedMailTests {
    private static let program = """
        import sys, json, email, email.policy
        from email.header import decode_header, make_header
        from email.utils import parseaddr
        raw = sys.stdin.buffer.read()
        m = email.message_from_bytes(raw, policy=email.policy.SMTPUTF8)
        # RFC 6532: what is not ASCII in a header is UTF-8, which this parser keeps as escaped bytes.
        utf8 = lambda text: text.encode("utf-8", "surrogateescape").decode()
        name = parseaddr(email.message_from_bytes(raw)["from"].replace("\\r\\n", ""))[0]
        parts = [p for p in m.walk() if not p.is_multipart()]
        sender = m["from"].addresses[0]
        print(json.dumps({
            "names": sorted(n.lower() for n in m.keys()), "subject": m["subject"], "name": str(make_header(decode_header(name))),
            "from": sender.addr_spec, "to": utf8(m["to"].addresses[0].addr_spec), "type": m.get_content_type(),
            "parts": [[p.get_content_type(), p.get_content().replace("\\r\\n", "\\n")] for p in parts],
            "defects": len(m.defects) + sum(len(p.defects) for p in parts)}))
        """
    private static let headers = [
        "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
    ]

    private func received(_ raw: String) throws -> JSON {
        let answer = try runSuccessfully(
            "/usr/bin/python3", ["-X", "utf8", "-c", Self.program], input: Array(raw.utf8))
        return try JSON.parse(answer.stdout)
    }

    @Test func `text and page arrive as alternatives, the page last`() async throws {
        let sink = try MailSink()
        let page = "<html lang=\"de\"><body><p>Grüße &amp; mehr</p></body></html>\n"
        let message = try MailMessage(
            from: MailAddress("helpdesk@example.org"), to: MailAddress("jane@example.org"),
            content: MailContent(subject: "Grüße", text: "Grüße & mehr\n", html: page), messageID: "m1@example.org",
            date: Timestamp(seconds: 0))
        try await SMTPClient(sink.settings(), threads: 1).send(message)
        let mail = try received(try #require(sink.mails.first))
        #expect(mail["type"] == "multipart/alternative")
        #expect(mail["defects"] == 0)
        #expect(
            mail["parts"]
                == .array([
                    .array(["text/plain", "Grüße & mehr\n"]), .array(["text/html", .string(page)]),
                ]))
    }

    /// IN-03: values meant to make headers of their own come out as what they are, or not at all.
    @Test(arguments: [
        "=?UTF-8?Q?a=0D=0ABcc:_x@example.org?=", "a\u{2028}Bcc: x@example.org", "a\u{85}Bcc: x@example.org",
        "Bcc: x@example.org", "a, b <x@example.org>", "a\"<x@example.org>\"", "\\\"", "(comment) a", "a;b=c",
        "Zoë Łódź",
        "日本語 名前", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5vcmc=?=",
    ])
    func `a subject and a name arrive as they were, and make no header`(text: String) async throws {
        let sink = try MailSink()
        let message = try MailMessage(
            from: MailAddress("helpdesk@example.org", name: text), to: MailAddress("jane@example.org"),
            content: MailContent(subject: text, text: "Hello.\n", html: "<p>Hello.</p>"),
            messageID: "m1@example.org", date: Timestamp(seconds: 0))
        try await SMTPClient(sink.settings(), threads: 1).send(message)
        let mail = try received(try #require(sink.mails.first))
        #expect(mail["names"] == .array(Self.headers.map(JSON.string)))
        #expect(mail["subject"] == .string(text))
        #expect(mail["name"] == .string(text))
        #expect(mail["from"] == "helpdesk@example.org")
        #expect(mail["to"] == "jane@example.org")
    }

    /// RFC 6531, RFC 6532.
    @Test(arguments: ["jösé.müller@example.org", "用户@例子.example", "пример+тест@почта.example"])
    func `an internationalized address arrives in envelope and header`(address: String) async throws {
        let sink = try MailSink()
        try await SMTPClient(sink.settings(), threads: 1).send(mail(to: address))
        let wanted = try MailAddress(address).address
        let mail = try received(try #require(sink.mails.first))
        #expect(mail["to"] == .string(wanted))
        #expect(mail["defects"] == 0)
        let envelope = try JSON.parse(Array(try #require(sink.envelopes.first).utf8))
        #expect(envelope["to"] == .array([.string(wanted)]))
        #expect(envelope["utf8"] == .bool(true))
    }

    @Test func `a server without SMTPUTF8 gets no internationalized address`() async throws {
        let sink = try MailSink(["--no-smtputf8"])
        let client = try SMTPClient(sink.settings(), threads: 1)
        await #expect(throws: TransportError.refused(code: 550, text: "550 5.6.7 the server does not offer SMTPUTF8")) {
            try await client.send(mail(to: "jösé@example.org"))
        }
        #expect(sink.mails.isEmpty)
        try await client.send(mail(to: "a@exämple.org"))
        #expect(sink.envelopes.first?.contains("a@xn--exmple-cua.org") == true)
    }
}

/// `==` of texts is canonical equivalence.
private func sameBytes(_ left: String, _ right: String) -> Bool {
    Array(left.utf8) == Array(right.utf8)
}
