/// The most a cell of a workbook holds: 32,767 UTF-16 units (ECMA-376 leaves it to the program; Excel specifications and
/// limits).
///
/// A longer text is cut, between two characters of Unicode, and ends in `… [cut]`, so that nobody takes it for whole. What
/// counts is the text as it is written, escapes included. CSV and XML have no limit and are never cut.
enum CellLimit {
    static let units = 32_767
    static let mark = "… [cut]"

    /// The text, written for a workbook, within the limit.
    static func fitted(_ text: String) -> String {
        let whole = XMLCharacters.escaped(text, escapingReturns: true)
        guard whole.utf8.count > units, whole.utf16.count > units else { return whole }
        return cut(text) + mark
    }

    /// As much of the text as has room beside the mark; escapes stay whole because each scalar is written alone.
    private static func cut(_ text: String) -> String {
        var room = units - mark.utf16.count
        var result = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            let isEscaped =
                XMLCharacters.isMissing(scalar, escapingReturns: true)
                || scalar == "_" && XMLCharacters.beginsEscape(scalars[index...])
            room -= isEscaped ? 7 : UTF16.width(scalar)
            guard room >= 0 else { break }
            if isEscaped { result.append(contentsOf: XMLCharacters.escape(scalar)) } else { result.append(scalar) }
        }
        return String(result)
    }
}
