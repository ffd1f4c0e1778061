import Model

/// One mail to one person: plain text, perhaps with the same as a web page.
///
/// Every value that goes into a header is checked here, once: a scalar below 0x20 or 0x7F is refused, so no value can
/// begin a header of its own or end the head (IN-03).
public struct MailMessage: Sendable {
    /// Who sends it; also the envelope sender.
    public let from: MailAddress
    /// Who gets it; also the envelope recipient.
    public let to: MailAddress
    /// The subject, not encoded.
    public let subject: String
    /// The text; line ends may be LF or CRLF.
    public let text: String
    /// The same as a web page; `nil` sends the text alone.
    public let html: String?
    /// The id without angle brackets, `left@right`: the same at every try, so that a repeated mail can be recognized.
    public let messageID: String
    /// When the message was written.
    public let date: Timestamp
    /// Whether it says `Auto-Submitted: auto-generated` (RFC 3834 §5), which keeps vacation robots quiet.
    public let autoSubmitted: Bool

    /// Makes a mail of its parts; refuses parts that cannot stand in a header.
    public init(
        from: MailAddress, to: MailAddress, content: MailContent, messageID: String, date: Timestamp,
        autoSubmitted: Bool = true
    ) throws(MailMessageError) {
        guard hasNoControls(content.subject) else { throw .controlCharacter(field: "subject") }
        guard isMessageID(messageID) else { throw .badMessageID }
        guard !content.text.utf8.contains(0) else { throw .controlCharacter(field: "text") }
        guard content.html?.utf8.contains(0) != true else { throw .controlCharacter(field: "html") }
        self.from = from
        self.to = to
        subject = content.subject
        text = content.text
        html = content.html
        self.messageID = messageID
        self.date = date
        self.autoSubmitted = autoSubmitted
    }

    /// The header fields as they are sent, folded where long; MIME fields are libcurl's to add.
    var headerLines: [String] {
        var lines = [
            "Date: \(date.rfc5322)", "From: \(from.headerText)", "To: \(to.headerText)",
            "Message-ID: <\(messageID)>",
        ]
        // A header with no value is no header to libcurl, so an empty subject is left out.
        if !subject.isEmpty { lines.append("Subject: \(EncodedWord.text(subject))") }
        if autoSubmitted { lines.append("Auto-Submitted: auto-generated") }
        // libcurl adds the boundary. The last part is the one to show where both can be (RFC 2046 §5.1.4).
        if html != nil { lines.append("Content-Type: multipart/alternative") }
        return lines
    }

    /// The forms of the text, the plainest first, each with its media type.
    var parts: [(type: String, bytes: [UInt8])] {
        let plain = ("text/plain; charset=utf-8", canonical(text))
        guard let html else { return [plain] }
        return [plain, ("text/html; charset=utf-8", canonical(html))]
    }

    /// The text with CRLF line ends, as quoted-printable wants it (RFC 2045 §6.7).
    private func canonical(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 64)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0A, previous != 0x0D { bytes.append(0x0D) }
            bytes.append(byte)
            previous = byte
        }
        return bytes
    }
}

/// What a mail says.
public struct MailContent: Sendable, Equatable {
    /// The subject, not encoded.
    public let subject: String
    /// The text.
    public let text: String
    /// The same as a web page; `nil` sends the text alone.
    public let html: String?

    /// What a mail says.
    public init(subject: String, text: String, html: String? = nil) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// Why a mail cannot be made.
public enum MailMessageError: Error, Sendable, Equatable {
    /// Not an address this program sends to.
    case badAddress
    /// Not `left@right` of plain characters.
    case badMessageID
    /// A scalar below 0x20 or 0x7F in a value for a header, or NUL in the text.
    case controlCharacter(field: String)
}

/// `id-left@id-right`, both dot-atoms of letters, digits, `-` and `_`; a subset of RFC 5322 §3.6.4.
private func isMessageID(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2 && text.utf8.count <= 200
        && parts.allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                        UInt8(ascii: "."):
                        true
                    default: false
                    }
                }
        }
}
