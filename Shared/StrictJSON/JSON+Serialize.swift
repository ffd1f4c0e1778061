extension JSON {
    /// The text, as short as can be, in UTF-8. Always valid JSON: a number that is not finite becomes `null`.
    public func serialized() -> [UInt8] {
        serialized(pretty: false)
    }

    /// The text in UTF-8.
    ///
    /// - Parameter pretty: two spaces a level and a line feed at the end, for people.
    public func serialized(pretty: Bool) -> [UInt8] {
        var writer = JSONWriter(isPretty: pretty)
        writer.bytes.reserveCapacity(256)
        writer.append(self)
        if pretty { writer.bytes.append(Byte.lineFeed) }
        return writer.bytes
    }
}

/// Writes values one after the other.
private struct JSONWriter {
    let isPretty: Bool
    var bytes: [UInt8] = []
    private var depth = 0

    init(isPretty: Bool) {
        self.isPretty = isPretty
    }

    mutating func append(_ value: JSON) {
        switch value {
        case .null: append(word: "null")
        case .bool(let flag): append(word: flag ? "true" : "false")
        case .integer(let number): append(number)
        case .number(let number):
            if number.isFinite { bytes.append(contentsOf: number.description.utf8) } else { append(word: "null") }
        case .string(let text): JSONText.append(text, to: &bytes)
        case .array(let elements): append(elements)
        case .object(let members): append(members)
        }
    }

    private mutating func append(word: StaticString) {
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ number: Int64) {
        guard number < 0 || number > 9 else { return bytes.append(Byte.zero + UInt8(number)) }
        bytes.append(contentsOf: String(number).utf8)
    }

    private mutating func append(_ elements: [JSON]) {
        guard !elements.isEmpty else { return append(word: "[]") }
        bytes.append(Byte.openBracket)
        depth += 1
        for (position, element) in elements.enumerated() {
            if position > 0 { bytes.append(Byte.comma) }
            newLine()
            append(element)
        }
        depth -= 1
        newLine()
        bytes.append(Byte.closeBracket)
    }

    private mutating func append(_ members: [JSONMember]) {
        guard !members.isEmpty else { return append(word: "{}") }
        bytes.append(Byte.openBrace)
        depth += 1
        for (position, member) in members.enumerated() {
            if position > 0 { bytes.append(Byte.comma) }
            newLine()
            JSONText.append(member.name, to: &bytes)
            bytes.append(Byte.colon)
            if isPretty { bytes.append(Byte.space) }
            append(member.value)
        }
        depth -= 1
        newLine()
        bytes.append(Byte.closeBrace)
    }

    private mutating func newLine() {
        guard isPretty else { return }
        bytes.append(Byte.lineFeed)
        bytes.append(contentsOf: repeatElement(Byte.space, count: depth * 2))
    }
}

/// Spelling of texts (RFC 8259 §7).
public enum JSONText {
    /// Appends the text in quotes; quotes, backslashes and control characters are escaped.
    public static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.append(Byte.quote)
            var plain = 0
            for (position, byte) in utf8.enumerated() where byte < Byte.space || byte == 0x22 || byte == 0x5C {
                bytes.append(contentsOf: utf8[plain..<position])
                appendEscape(byte, to: &bytes)
                plain = position + 1
            }
            bytes.append(contentsOf: utf8[plain...])
            bytes.append(Byte.quote)
        }
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case Byte.tab: bytes.append(UInt8(ascii: "t"))
        case Byte.lineFeed: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case Byte.carriageReturn: bytes.append(UInt8(ascii: "r"))
        default:
            let digits: [UInt8] = Array("0123456789abcdef".utf8)
            bytes += [UInt8(ascii: "u"), Byte.zero, Byte.zero, Byte.zero + byte >> 4, digits[Int(byte & 0xF)]]
        }
    }
}
