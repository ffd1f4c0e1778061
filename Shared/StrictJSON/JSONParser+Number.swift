extension JSONParser {
    /// Reads a number (RFC 8259 §6); in JSON5 also `+1`, `.5`, `5.` and `0x1F`.
    mutating func number() throws(JSONError) -> JSON {
        let start = index
        let isNegative = take(Byte.minus)
        if !isNegative, syntax == .json5 { _ = take(Byte.plus) }
        if syntax == .json5, isHexadecimal { return try hexadecimalNumber(isNegative, from: start) }
        let whole = digits()
        let hasFraction = take(Byte.dot)
        let fraction = hasFraction ? digits() : 0..<0
        guard isNumber(whole: whole, hasFraction: hasFraction, fraction: fraction) else {
            throw failure("the number is malformed", at: start)
        }
        let hasExponent = try exponent(from: start)
        if !hasFraction, !hasExponent, let integer = integer(whole, isNegative) { return .integer(integer) }
        return .number(try double(start..<index))
    }

    /// Steps over digits.
    private mutating func digits() -> Range<Int> {
        let start = index
        while index < bytes.count, Byte.isDigit(bytes[index]) { index += 1 }
        return start..<index
    }

    private func isNumber(whole: Range<Int>, hasFraction: Bool, fraction: Range<Int>) -> Bool {
        if whole.count > 1, bytes[whole.lowerBound] == Byte.zero { return false }
        switch syntax {
        case .json: return !whole.isEmpty && hasFraction == !fraction.isEmpty
        case .json5: return !whole.isEmpty || !fraction.isEmpty
        }
    }

    private mutating func exponent(from start: Int) throws(JSONError) -> Bool {
        guard take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) else { return false }
        if !take(Byte.minus) { _ = take(Byte.plus) }
        guard !digits().isEmpty else { throw failure("the number is malformed", at: start) }
        return true
    }

    /// The value of the digits; `nil` when it does not fit. Counts below zero, where there is one number more.
    private func integer(_ range: Range<Int>, _ isNegative: Bool) -> Int64? {
        var value: Int64 = 0
        for byte in bytes[range] {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (difference, underflow) = product.subtractingReportingOverflow(Int64(byte) - 0x30)
            if overflow || underflow { return nil }
            value = difference
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private func double(_ range: Range<Int>) throws(JSONError) -> Double {
        let text = String(decoding: bytes[range], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw failure("the number is too large", at: range.lowerBound)
        }
        return value
    }

    private var isHexadecimal: Bool {
        index + 1 < bytes.count && bytes[index] == Byte.zero && bytes[index + 1] | 0x20 == UInt8(ascii: "x")
    }

    private mutating func hexadecimalNumber(_ isNegative: Bool, from start: Int) throws(JSONError) -> JSON {
        index += 2
        let first = index
        var value: Int64 = 0
        while let digit = next.flatMap(Byte.hexadecimalValue) {
            guard value < 1 << 59 else { throw failure("the number is too large", at: start) }
            value = value << 4 | Int64(digit)
            index += 1
        }
        guard index > first else { throw failure("the number is malformed", at: start) }
        return .integer(isNegative ? -value : value)
    }
}
