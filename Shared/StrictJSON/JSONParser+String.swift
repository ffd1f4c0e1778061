extension JSONParser {
    /// Reads a quoted text; the index stands on the quote.
    mutating func string() throws(JSONError) -> String {
        let start = index
        let quote = bytes[index]
        index += 1
        let first = index
        try skipPlain(until: quote)
        if next == quote {
            defer { index += 1 }
            return try text(bytes[first..<index], from: start)
        }
        var buffer = Array(bytes[first..<index])
        while next != quote {
            guard next == Byte.backslash else { throw failure("the closing quote is missing", at: start) }
            index += 1
            try escape(into: &buffer)
            let plain = index
            try skipPlain(until: quote)
            buffer += bytes[plain..<index]
        }
        index += 1
        return try text(buffer[...], from: start)
    }

    /// Steps to the quote, a backslash or the end.
    private mutating func skipPlain(until quote: UInt8) throws(JSONError) {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote || byte == Byte.backslash { return }
            if byte < Byte.space, syntax == .json || byte == Byte.lineFeed || byte == Byte.carriageReturn {
                throw failure("a control character must be escaped")
            }
            index += 1
        }
    }

    private func text(_ utf8: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw failure("the text is not valid UTF-8", at: start)
        }
        return text
    }

    /// Reads what follows a backslash.
    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw failure("the closing quote is missing") }
        index += 1
        switch byte {
        case Byte.quote, Byte.backslash, Byte.slash: buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(Byte.lineFeed)
        case UInt8(ascii: "r"): buffer.append(Byte.carriageReturn)
        case UInt8(ascii: "t"): buffer.append(Byte.tab)
        case UInt8(ascii: "u"): buffer.append(contentsOf: String(try escapedScalar()).utf8)
        default:
            guard syntax == .json5 else { throw failure("the escape is not known", at: index - 2) }
            try extendedEscape(byte, into: &buffer)
        }
    }

    /// Reads the digits of `\uXXXX`, and of the second half where the first is a high surrogate (RFC 8259 §7).
    private mutating func escapedScalar() throws(JSONError) -> Character {
        let start = index - 2
        let unit = try hexadecimal(digits: 4)
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard unit < 0xDC00, take(Byte.backslash), take(UInt8(ascii: "u")) else {
            throw failure("half of a surrogate pair stands alone", at: start)
        }
        let low = try hexadecimal(digits: 4)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw failure("half of a surrogate pair stands alone", at: start) }
        return Character(scalar)
    }

    /// Reads exactly that many hexadecimal digits, at most 8.
    mutating func hexadecimal(digits: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = next.flatMap(Byte.hexadecimalValue) else {
                throw failure("\(digits) hexadecimal digits are missing")
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }
}
