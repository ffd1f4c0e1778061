import CUTF8Proc

/// Text as people mean it rather than as they type it, without a locale (utf8proc: Unicode normalization and folding).
///
/// The standard library has no public normalization and full Foundation brings ICU along, hence this small library.
public enum TextFolding {
    /// Names the rules of `answer`. Stored beside an answer's hash; the rules of a version never change.
    public static let answerVersion = 1

    /// Normalization form C (UAX #15), the form in which the length of a password is counted (PW-02).
    public static func nfc(_ text: String) -> String {
        if isASCII(text) { return text }
        return composed(decomposed(text, options: plain), options: plain)
    }

    /// Normalization form KC (UAX #15): compatibility forms replaced by what they stand for.
    public static func nfkc(_ text: String) -> String {
        if isASCII(text) { return text }
        let options = plain | UTF8PROC_COMPAT.rawValue
        return composed(decomposed(text, options: options), options: plain)
    }

    /// The form in which two answers to a security question are compared (SQ-02).
    ///
    /// NFKC with case folded, default ignorable scalars (zero width, soft hyphen) dropped, diacritics and punctuation
    /// dropped, white space collapsed to single spaces and trimmed. Empty when nothing else was there.
    public static func answer(_ text: String) -> String {
        collapsingSpaces(folded(text).filter { !isPunctuation($0) })
    }

    /// The form in which names are searched: folded like `answer`, punctuation kept.
    public static func search(_ text: String) -> String {
        asciiSearch(text) ?? wholeSearch(text)
    }

    static func wholeSearch(_ text: String) -> String { collapsingSpaces(folded(text)) }

    /// The same for ASCII, which most of a million names are and which needs no tables; `nil` for other text.
    static func asciiSearch(_ text: String) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isBehindSpace = false
        for byte in text.utf8 {
            switch byte {
            case 0x80...: return nil
            case UInt8(ascii: "^"), UInt8(ascii: "`"): continue
            case 0x09...0x0D, 0x20: isBehindSpace = true
            default:
                if isBehindSpace, !bytes.isEmpty { bytes.append(0x20) }
                isBehindSpace = false
                bytes.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let plain = UTF8PROC_STABLE.rawValue
    private static let compatible =
        UTF8PROC_STABLE.rawValue | UTF8PROC_COMPAT.rawValue | UTF8PROC_CASEFOLD.rawValue | UTF8PROC_IGNORE.rawValue

    /// Compatibility decomposed, case folded, without diacritics, composed again.
    private static func folded(_ text: String) -> [Unicode.Scalar] {
        let source = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isSpacingMark($0) }))
        let letters = decomposed(source, options: compatible).filter { !isDiacritic($0) }
        return composed(letters, options: plain).unicodeScalars.flatMap(withoutStroke)
    }

    private static func isASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 }
    }
}

extension TextFolding {
    /// The code points after canonical (or, by the options, compatibility) decomposition.
    private static func decomposed(_ text: String, options: UInt32) -> [Int32] {
        let options = utf8proc_option_t(options | UTF8PROC_DECOMPOSE.rawValue)
        var bytes = Array(text.utf8)
        return bytes.withUnsafeMutableBufferPointer { source in
            // Room for the usual case at once; the library says how much it needs when that is too little.
            var codePoints = [Int32](repeating: 0, count: source.count + 32)
            var needed = utf8proc_decompose(source.baseAddress, source.count, &codePoints, codePoints.count, options)
            if needed > codePoints.count {
                codePoints = [Int32](repeating: 0, count: needed)
                needed = utf8proc_decompose(source.baseAddress, source.count, &codePoints, codePoints.count, options)
            }
            // Only invalid UTF-8 could fail, and a String holds none.
            return Array(codePoints.prefix(max(0, needed)))
        }
    }

    private static func composed(_ codePoints: [Int32], options: UInt32) -> String {
        var codePoints = codePoints
        let options = utf8proc_option_t(options | UTF8PROC_COMPOSE.rawValue)
        let count = utf8proc_normalize_utf32(&codePoints, codePoints.count, options)
        let scalars = codePoints.prefix(max(0, count)).compactMap { Unicode.Scalar(UInt32(truncatingIfNeeded: $0)) }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func collapsingSpaces(_ scalars: [Unicode.Scalar]) -> String {
        let words = scalars.split { $0.properties.isWhitespace }
        return words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }
}
