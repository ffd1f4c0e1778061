/// Whether a decomposed mark may be dropped without changing the word for its reader.
///
/// Accents of Latin, Greek and Cyrillic (combining classes 1 and 200 up) and the optional points of Hebrew, Arabic and
/// Syriac (10 to 36). Kept: class 0 (vowel signs of Indic scripts), nukta 7, kana voicing 8, virama 9 and the Thai, Lao
/// and Tibetan signs, because without them another word is left.
func isDiacritic(_ codePoint: Int32) -> Bool {
    guard let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: codePoint)) else { return false }
    let combiningClass = scalar.properties.canonicalCombiningClass.rawValue
    return combiningClass == 1 || (10...36).contains(combiningClass) || combiningClass >= 200
}

/// Accents that stand alone, as keyboards make them in place of an apostrophe; compatibility decomposition would turn
/// them into a space.
func isSpacingMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .modifierSymbol
}

/// General categories Pc, Pd, Ps, Pe, Pi, Pf, Po, control characters that are no white space, and the letters that
/// look like an apostrophe.
func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    if apostrophes.contains(scalar) { return true }
    let category = scalar.properties.generalCategory
    return category == .control ? !scalar.properties.isWhitespace : punctuation.contains(category)
}

/// A letter with a stroke, or a ligature, as the plain letters: Unicode does not decompose them.
func withoutStroke(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    strokes[scalar] ?? [scalar]
}

private let punctuation: Set<Unicode.GeneralCategory> = [
    .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
    .finalPunctuation, .otherPunctuation,
]

private let apostrophes: Set<Unicode.Scalar> = ["\u{02B9}", "\u{02BB}", "\u{02BC}", "\u{02BD}", "\u{02BE}", "\u{02BF}"]

private let strokes: [Unicode.Scalar: [Unicode.Scalar]] = [
    "ø": ["o"], "ł": ["l"], "đ": ["d"], "ð": ["d"], "ħ": ["h"], "ŧ": ["t"], "ı": ["i"], "æ": ["a", "e"],
    "œ": ["o", "e"], "þ": ["t", "h"],
]
