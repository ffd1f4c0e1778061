import Model

/// Times as directories write them: `20261121142426Z`, with or without seconds and fractions (RFC 4517 §3.3.13). Only UTC
/// is read, which is all that servers write into the attributes Latchkey looks at.
enum GeneralizedTime {
    /// The moment; `nil` when the text is none.
    static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.last == UInt8(ascii: "Z") else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, [12, 14].contains(digits.utf8.count), parts.allSatisfy(isDigits) else {
            return nil
        }
        let time = digits.utf8.count == 12 ? digits + "00" : digits
        let field = { (from: Int, count: Int) in String(time.dropFirst(from).prefix(count)) }
        let fraction = parts.count == 2 ? "." + parts[1].prefix(6) : ""
        return Timestamp(
            rfc3339: field(0, 4) + "-" + field(4, 2) + "-" + field(6, 2) + "T" + field(8, 2) + ":" + field(10, 2) + ":"
                + field(12, 2) + fraction + "Z")
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
