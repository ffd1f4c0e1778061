import Model

/// An entry's name for good (MS-DTYP §2.3.4).
struct ObjectGUID: Hashable, Sendable {
    /// As the directory stores it: the first three groups with their bytes reversed.
    let bytes: [UInt8]

    /// Where the bytes of the text stand in what is stored.
    private static let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

    /// Takes a value of `objectGUID`; `nil` unless it has 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the text form. Only the one way we write it is taken: a second one would be a second name of an account.
    init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 36 else { return nil }
        var stored = [UInt8](repeating: 0, count: 16)
        var position = 0
        for (index, place) in Self.order.enumerated() {
            if [4, 6, 8, 10].contains(index) {
                guard digits[position] == UInt8(ascii: "-") else { return nil }
                position += 1
            }
            guard let high = nibble(digits[position]), let low = nibble(digits[position + 1]) else { return nil }
            stored[place] = high << 4 | low
            position += 2
        }
        bytes = stored
    }

    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in small letters.
    var text: String {
        var result: [UInt8] = []
        for (index, place) in Self.order.enumerated() {
            if [4, 6, 8, 10].contains(index) { result.append(UInt8(ascii: "-")) }
            result += [hexDigit(bytes[place] >> 4), hexDigit(bytes[place] & 0xF)]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A name the directory takes in place of a DN, which moving and renaming do not change (MS-ADTS §3.1.1.3.1.2.4).
    var name: String { "<GUID=\(text)>" }
}

private func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
