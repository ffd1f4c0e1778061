/// E.164 of a number in international form, which people write with spaces, hyphens, dots, slashes and brackets; `nil`
/// for one without its country, which is nobody's.
func internationalNumber(_ text: String) -> String? {
    let bytes = text.utf8.filter { !" -.()/".utf8.contains($0) }
    guard bytes.first == UInt8(ascii: "+"), (8...16).contains(bytes.count), bytes.dropFirst(2).allSatisfy(isDigit),
        let country = bytes.dropFirst().first, isDigit(country), country != UInt8(ascii: "0")
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
