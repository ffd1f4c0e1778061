/// One line of the log as it grows: always one valid JSON object, whatever the values are.
struct LogLine {
    private static let maximumText = 1_024
    private var bytes: [UInt8] = []
    private var names: [String] = []

    init() {
        bytes.reserveCapacity(512)
        names.reserveCapacity(16)
    }

    /// Appends a field; a name that is taken gets underscores, because readers disagree on duplicate names.
    mutating func append(_ name: String, _ value: LogValue) {
        var name = name
        while names.contains(name) { name += "_" }
        names.append(name)
        bytes.append(UInt8(ascii: names.count == 1 ? "{" : ","))
        append(text: name)
        bytes.append(UInt8(ascii: ":"))
        switch value {
        case .string(let text): append(text: text)
        case .integer(let number): append(plain: String(number))
        case .double(let number): append(plain: number.isFinite ? number.description : "null")
        case .bool(let flag): append(plain: flag ? "true" : "false")
        }
    }

    /// The line with its line feed.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func append(plain text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a text in quotes (RFC 8259 §7). Besides what JSON asks for, DEL, the C1 controls and the Unicode line
    /// separators are escaped: terminals and log readers obey them.
    private mutating func append(text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        if isPlain(text) { return append(plain: text) }
        let end = bytes.count + Self.maximumText
        for scalar in text.unicodeScalars {
            guard bytes.count < end else {
                append(plain: "…")
                break
            }
            switch scalar.value {
            case 0x22, 0x5C: bytes += [0x5C, UInt8(truncatingIfNeeded: scalar.value)]
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: append(escaped: scalar.value)
            case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// Whether a text is written as it is, which nearly all are.
    private func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.count <= Self.maximumText
                && bytes.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
    }

    private mutating func append(escaped value: UInt32) {
        let digits = String(value, radix: 16)
        append(plain: "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    }
}
