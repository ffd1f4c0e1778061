import Model
import TextFolding

/// How names become what is searched and sorted by, and how a search becomes what is looked for in it.
///
/// The text of an account is its folded first name, last name and mail address, a line each, and a last line with the
/// first two characters of every word, each behind two marks. A term of three or more characters matches anywhere in one
/// of the fields. One of one or two matches where a word begins: as a part of one it would match nearly everybody. Words
/// are those of both names and of the mail address up to its `@`; in scripts that are written without spaces every
/// character begins one. Thus whatever is looked for is a part of the text with at least three characters, which a
/// trigram index finds.
enum SearchText {
    /// Stands before the beginning of a word. No text and no term holds it: control characters are dropped.
    static let mark: Unicode.Scalar = "\u{1}"
    /// Characters of a name, or an address, that are searched.
    static let fieldLength = 256
    /// Characters of a name that are sorted by; those with the same ones stand in order of store and entry.
    static let sortLength = 128

    /// What an account is found by.
    static func text(firstName: String, lastName: String, mail: String) -> String {
        let fields = [folded(firstName), folded(lastName), folded(mail)]
        let local = fields[2].prefix { $0 != "@" }
        var starts: [[Unicode.Scalar]] = []
        for field in [fields[0], fields[1], Array(local)] {
            for start in wordStarts(field) where !starts.contains(start) { starts.append(start) }
        }
        var text: [Unicode.Scalar] = []
        for field in fields { text += field + ["\n"] }
        for start in starts { text += [mark, mark] + start }
        return string(text)
    }

    /// What accounts are sorted by.
    static func sortKey(_ name: String) -> String {
        string(folded(name).prefix(sortLength))
    }

    /// Scalars as text, by their bytes: a million accounts are put together like this.
    private static func string(_ scalars: some Collection<Unicode.Scalar>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.count)
        for scalar in scalars {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let encoded = UTF8.encode(scalar) {
                bytes.append(contentsOf: encoded)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What has to be found in an account's text, each in it: one for each word of the search.
    static func patterns(_ search: String) -> [String] {
        var patterns: [String] = []
        for term in folded(search, limit: .max).split(separator: " ") {
            let marks = repeatElement(mark, count: max(0, 3 - term.count))
            let pattern = string(Array(marks) + term)
            if !patterns.contains(pattern) { patterns.append(pattern) }
        }
        return patterns
    }

    private static func folded(_ text: String, limit: Int = fieldLength) -> [Unicode.Scalar] {
        Array(
            TextFolding.search(text).unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(limit))
    }

    /// The first two characters of each word.
    private static func wordStarts(_ field: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var starts: [[Unicode.Scalar]] = []
        var isInWord = false
        for (index, scalar) in field.enumerated() where scalar != " " {
            let isLetter = isWordCharacter(scalar)
            if index == 0 || field[index - 1] == " " || standsAlone(scalar) || (isLetter && !isInWord) {
                starts.append(Array(field[index...].prefix(2).prefix { $0 != " " }))
            }
            isInWord = isLetter
        }
        return starts
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 {
            return (0x61...0x7A).contains(scalar.value) || (0x30...0x39).contains(scalar.value)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Thai, Lao, Tibetan, Burmese, Khmer, kana, Hangul, Han: a name is not told from the next by a space.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x0E00 else { return false }
        switch scalar.value {
        case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF, 0xAC00...0xD7A3:
            return true
        default: return scalar.properties.isIdeographic
        }
    }
}

/// Three neighboring characters as one number, the key of `index_grams`.
enum Gram {
    /// Every one an account's text is counted under, once. Those across two fields or two word beginnings are left out:
    /// nothing looked for has them.
    static func all(of text: String) -> [Int64] {
        var grams: [Int64] = []
        grams.reserveCapacity(text.utf8.count)
        var (first, second): (Int64, Int64) = (Int64(lineBreak), Int64(lineBreak))
        let mark = Int64(SearchText.mark.value)
        for scalar in text.unicodeScalars {
            let third = Int64(scalar.value)
            let isWhole = first != lineBreak && second != lineBreak && third != lineBreak && third != mark
            if isWhole, second != mark || first == mark { grams.append(packed(first, second, third)) }
            (first, second) = (second, third)
        }
        grams.sort()
        var last: Int64 = -1
        grams.removeAll { gram in
            defer { last = gram }
            return gram == last
        }
        return grams
    }

    /// The three characters.
    static func text(_ gram: Int64) -> String {
        let scalars = [gram >> 42, gram >> 21 & 0x1F_FFFF, gram & 0x1F_FFFF].compactMap { Unicode.Scalar(UInt32($0)) }
        return String(String.UnicodeScalarView(scalars))
    }

    private static let lineBreak: Int64 = 0x0A

    private static func packed(_ first: Int64, _ second: Int64, _ third: Int64) -> Int64 {
        first << 42 | second << 21 | third
    }
}
