/// Bytes as digits of a power of two (RFC 4648), most significant bit first, strict and without padding.
struct BitCodec: Sendable {
    private let digits: [UInt8]
    private let values: [UInt8]
    private let bits: Int

    /// - Parameter bits: bits of one digit; the alphabet has 2 to this power ASCII characters.
    init(alphabet: StaticString, bits: Int) {
        digits = alphabet.withUTF8Buffer { Array($0) }
        self.bits = bits
        var values = [UInt8](repeating: .max, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + bits - 1) / bits)
        var buffer: UInt32 = 0
        var held = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            held += 8
            while held >= bits {
                held -= bits
                text.append(digits[Int(buffer >> UInt32(held)) & (digits.count - 1)])
            }
        }
        if held > 0 { text.append(digits[Int(buffer << UInt32(bits - held)) & (digits.count - 1)]) }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * bits / 8)
        var buffer: UInt32 = 0
        var held = 0
        for digit in text {
            let value = values[Int(digit)]
            guard value != .max else { return nil }
            buffer = buffer << UInt32(bits) | UInt32(value)
            held += bits
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(held)))
        }
        // A digit more than the bytes need, or bits that no byte takes, would give one byte string a second text.
        let rest = buffer & (1 << UInt32(held) - 1)
        return held < bits && rest == 0 ? bytes : nil
    }
}
