import TextFolding

/// Which cells of a CSV file get a leading apostrophe, so that no spreadsheet calculates with them (IN-06).
///
/// Those that begin with `=`, `+`, `-`, `@` or a control character, once white space, byte order marks, other invisible
/// characters and marks are passed over and compatibility forms (the full-width `＝`) are replaced by what they stand for
/// (NFKC, UAX #15). And those that are such a cell behind apostrophes of their own, so that a reader who takes one
/// apostrophe away from every cell of the form "apostrophes, then such a beginning" has exactly the source again.
enum FormulaRule {
    static func needsApostrophe(_ cell: String) -> Bool {
        guard let first = cell.utf8.first else { return false }
        // Nearly every cell begins with a letter or a digit of ASCII.
        if isPlain(first) { return false }
        return beginsFormula(cell.unicodeScalars.drop { $0 == "'" })
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func beginsFormula(_ scalars: Substring.UnicodeScalarView) -> Bool {
        for scalar in scalars {
            // A scalar alone: what follows can at most add a mark to it.
            for part in scalar.isASCII ? [scalar] : Array(TextFolding.nfkc(String(scalar)).unicodeScalars) {
                if begins(with: part) { return true }
                if !isPassedOver(part) { return false }
            }
        }
        return false
    }

    private static func begins(with scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@": true
        default: scalar.properties.generalCategory == .control
        }
    }

    private static func isPassedOver(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark, .spacingMark: return true
        default: return false
        }
    }
}
