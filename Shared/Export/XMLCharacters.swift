/// How characters that XML 1.0 does not have are written, in XML and XLSX alike.
///
/// A character becomes `_xHHHH_`, its number in four hexadecimal digits, as ECMA-376 Part 1 §22.9.2.19 (`ST_Xstring`) has
/// it; a text that already reads so has its first underscore written as `_x005F_`. Reading every `_xHHHH_` back gives
/// exactly the source. XML 1.0 §2.2 leaves out the controls but tab and line breaks, and U+FFFE and U+FFFF; surrogates
/// cannot be in a `String`.
enum XMLCharacters {
    /// The text in characters XML has; mostly the text itself.
    ///
    /// - Parameter escapingReturns: also writes a carriage return so, where the writer would leave it bare and every
    ///   reader make a line feed of it (XML 1.0 §2.11).
    static func escaped(_ text: String, escapingReturns: Bool) -> String {
        guard needsLook(text) else { return text }
        var result = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            if isMissing(scalar, escapingReturns: escapingReturns) || scalar == "_" && beginsEscape(scalars[index...]) {
                result.append(contentsOf: escape(scalar))
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// `_xHHHH_` for one scalar below U+10000.
    static func escape(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
        return "_x\(padding)\(digits)_".unicodeScalars
    }

    static func isMissing(_ scalar: Unicode.Scalar, escapingReturns: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x0D: escapingReturns
        case 0..<0x20, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// Whether the scalars begin with what reads as an escape.
    static func beginsEscape(_ scalars: Substring.UnicodeScalarView) -> Bool {
        let head = Array(scalars.prefix(7))
        guard head.count == 7, head[0] == "_", head[1] == "x", head[6] == "_" else { return false }
        return head[2...5].allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
    }

    /// Whether there could be anything to escape, by bytes: a control, the `_x` of an escape, the beginning of U+FFFE.
    private static func needsLook(_ text: String) -> Bool {
        var isAfterUnderscore = false
        for byte in text.utf8 {
            if byte < 0x20, byte != 0x09, byte != 0x0A { return true }
            if byte == 0xEF || isAfterUnderscore && byte == UInt8(ascii: "x") { return true }
            isAfterUnderscore = byte == UInt8(ascii: "_")
        }
        return false
    }
}
