/// What an administrator's page for a mail may hold: words, their shape, and links. Everything that makes a mail
/// program fetch or run something is left out of what is allowed, so nothing has to be known of what is not.
struct HTMLCheck {
    private static let elements: Set<String> = [
        "html", "head", "meta", "title", "body", "p", "div", "span", "h1", "h2", "h3", "h4", "br", "hr", "b", "strong",
        "i", "em", "u", "small", "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th",
        "td", "a", "center",
    ]
    private static let attributes: Set<String> = [
        "style", "lang", "dir", "title", "href", "charset", "align", "valign", "width", "height", "border",
        "cellpadding", "cellspacing", "colspan", "rowspan", "role",
    ]
    private static let linkBeginnings = ["https://", "mailto:", "tel:", "{link}"]

    /// Something that is not allowed, and the line it stands on, counted from 1.
    struct Fault: Equatable {
        let line: Int
        let sentence: String
    }

    private let bytes: [UInt8]
    private var position = 0
    private var faults: [Fault] = []

    /// Everything in a page that is not allowed.
    static func faults(in page: String) -> [Fault] {
        var check = HTMLCheck(bytes: Array(page.utf8))
        check.run()
        return check.faults
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func run() {
        while let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = start + 1
            if text(from: start, count: 15).lowercased() == "<!doctype html>" {
                position = start + 15
            } else {
                readTag(from: start)
            }
        }
    }

    private mutating func readTag(from start: Int) {
        let isEnd = take("/")
        let name = word()
        guard Self.elements.contains(name) else {
            report(start, name.isEmpty ? "a < that begins no tag; write &lt;" : "<\(name)> is not allowed in mail")
            return
        }
        skipSpace()
        while !take(">") {
            if take("/") { continue }
            guard !isEnd, readAttribute(from: start) else {
                report(start, "the tag <\(name)> cannot be read; values stand in double quotes")
                return
            }
            skipSpace()
        }
    }

    /// `false` for what is no attribute with a value in double quotes.
    private mutating func readAttribute(from start: Int) -> Bool {
        let name = word()
        guard !name.isEmpty, take("="), take("\""),
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\""))
        else { return false }
        let value = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end + 1
        if !Self.attributes.contains(name) {
            report(start, "the attribute \(name) is not allowed in mail")
        } else if name == "href", !Self.linkBeginnings.contains(where: { value.hasPrefix($0) }) {
            report(start, "a link begins with https:, mailto: or tel:, or is {link}")
        } else if name == "style", value.utf8.contains(where: { "(@\\&".utf8.contains($0) }) {
            report(start, "a style may hold no function, no @ and no escapes")
        }
        return true
    }

    private mutating func word() -> String {
        let start = position
        while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private func text(from start: Int, count: Int) -> String {
        String(decoding: bytes[start...].prefix(count), as: UTF8.self)
    }

    private mutating func report(_ place: Int, _ sentence: String) {
        let line = bytes[..<place].count { $0 == 0x0A } + 1
        faults.append(Fault(line: line, sentence: sentence))
    }
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
    default: false
    }
}
