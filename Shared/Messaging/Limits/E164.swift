/// International phone numbers (ITU-T E.164).
public enum E164 {
    /// Whether the text is `+` and 7 to 15 digits, the first of them not 0.
    public static func isNumber(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (8...16).contains(bytes.count) && isPrefix(text)
    }

    /// Whether the text could begin a number: `+` and 1 to 15 digits, the first of them not 0.
    public static func isPrefix(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (2...16).contains(bytes.count), bytes.first == UInt8(ascii: "+"), bytes.dropFirst().first != 0x30 else {
            return false
        }
        return bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The number of a text as people and directories write it, `+1 (202) 555-0100` or `0049 151 ...`, without spaces,
    /// hyphens, dots, slashes and brackets; `nil` for one without a country code, which could be anybody's.
    public static func normalized(_ text: String) -> String? {
        var digits = String.UnicodeScalarView()
        // A zero in brackets after the country code is for calls within the country.
        let written = text.replacing("(0)", with: "")
        for scalar in written.unicodeScalars where !" -./()\u{A0}\u{2011}".unicodeScalars.contains(scalar) {
            digits.append(scalar)
        }
        let number = String(digits)
        let international = number.hasPrefix("00") ? "+" + number.dropFirst(2) : number
        return isNumber(international) ? international : nil
    }

    /// The country code a number begins with, `+` included; `nil` for what is no number.
    ///
    /// Country codes are a prefix code of one to three digits (ITU-T E.164, list of assigned codes): 1 and 7 have one
    /// digit, the listed ones two, all others three.
    public static func countryCode(of number: String) -> String? {
        guard isNumber(number) else { return nil }
        let digits = number.dropFirst()
        if digits.hasPrefix("1") || digits.hasPrefix("7") { return String(number.prefix(2)) }
        return String(number.prefix(twoDigitCodes.contains(String(digits.prefix(2))) ? 3 : 4))
    }

    private static let twoDigitCodes: Set<String> = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98",
    ]
}
