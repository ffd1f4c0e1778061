import Model
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
        "\"a b\"@example.org", "a@[127.0.0.1]", "ä@example.org", "a@exämple.org", "a@example.org, b@example.org",
        "a@example.org SIZE=1", "a\u{2028}@example.org",
    ])
    func `what is no plain address is refused`(address: String) {
        #expect(throws: MailMessageError.badAddress) { try MailAddress(address) }
    }

    @Test(arguments: ["a@example.org", "first.last+tag@sub.example.org", "o'hara@example.org", "a_b-c@localhost"])
    func `an ordinary address is taken`(address: String) throws {
        #expect(try MailAddress(address).address == address)
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

/// `==` of texts is canonical equivalence.
private func sameBytes(_ left: String, _ right: String) -> Bool {
    Array(left.utf8) == Array(right.utf8)
}
