extension JSONParser {
    /// Steps over a comment, or over white space that only JSON5 has; answers `false` when neither comes next.
    mutating func skipExtendedSpace() throws(JSONError) -> Bool {
        switch bytes[index] {
        case 0x0B, 0x0C:
            index += 1
            return true
        case Byte.slash:
            try skipComment()
            return true
        case 0x80...:
            guard let (scalar, length) = scalar(), isWhiteSpace(scalar) else { return false }
            index += length
            return true
        default:
            return false
        }
    }

    private mutating func skipComment() throws(JSONError) {
        let start = index
        index += 1
        if take(Byte.slash) {
            while let byte = next, byte != Byte.lineFeed, byte != Byte.carriageReturn, !isLineSeparator { index += 1 }
        } else if take(Byte.asterisk) {
            while !(take(Byte.asterisk) && next == Byte.slash) {
                guard index < bytes.count else { throw failure("the comment has no end", at: start) }
                if bytes[index] != Byte.asterisk { index += 1 }
            }
            index += 1
        } else {
            throw failure("a comment begins with // or /*", at: start)
        }
    }

    /// U+2028 or U+2029 comes next.
    private var isLineSeparator: Bool {
        index + 2 < bytes.count && bytes[index] == 0xE2 && bytes[index + 1] == 0x80
            && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9)
    }

    /// The scalar at the index and how many bytes it takes; `nil` where the bytes are not UTF-8.
    private func scalar() -> (Unicode.Scalar, Int)? {
        var decoder = UTF8()
        var iterator = bytes[index...].prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    private func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .spaceSeparator || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
    }

    /// Reads an unquoted name: a letter, `_` or `$`, then also digits and marks (ECMA-262 5.1 §7.6, without escapes).
    mutating func identifier() throws(JSONError) -> String {
        var name = String.UnicodeScalarView()
        while let (scalar, length) = scalar(), isIdentifier(scalar, first: name.isEmpty) {
            name.append(scalar)
            index += length
        }
        guard !name.isEmpty else { throw failure("a name is missing") }
        return String(name)
    }

    private func isIdentifier(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        if scalar == "_" || scalar == "$" { return true }
        return first ? scalar.properties.isIDStart : scalar.properties.isIDContinue
    }

    /// Reads the escapes JSON does not have; the index stands after the byte.
    mutating func extendedEscape(_ byte: UInt8, into buffer: inout [UInt8]) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "v"):
            buffer.append(0x0B)
        case UInt8(ascii: "x"):
            let value = try hexadecimal(digits: 2)
            buffer.append(contentsOf: String(Unicode.Scalar(UInt8(truncatingIfNeeded: value))).utf8)
        case Byte.zero where next.map(Byte.isDigit) != true:
            buffer.append(0)
        case Byte.zero...Byte.nine:
            throw failure("the escape is not known", at: index - 2)
        case Byte.carriageReturn:
            _ = take(Byte.lineFeed)
        case Byte.lineFeed:
            break
        default:
            index -= 1
            if isLineSeparator {
                index += 3
            } else {
                // Any other character stands for itself; the rest of a multi-byte one is read as plain text.
                index += 1
                buffer.append(byte)
            }
        }
    }
}
