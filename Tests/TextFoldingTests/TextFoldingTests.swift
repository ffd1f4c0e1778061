import Testing

@testable import TextFolding

@Suite struct TextFoldingTests {
    /// SQ-02
    @Test(arguments: [
        ("  The  Old\tMill ", "the old mill"),
        ("St. John's", "st johns"), ("St John\u{2019}s", "st johns"), ("St John\u{00B4}s", "st johns"),
        ("O\u{02BC}Brien", "obrien"), ("Jean-Luc", "jeanluc"),
        ("ÅSA", "asa"), ("A\u{030A}sa", "asa"), ("Straße", "strasse"), ("STRASSE", "strasse"),
        ("İstanbul", "istanbul"), ("ıstanbul", "istanbul"), ("ISTANBUL", "istanbul"),
        ("Łódź", "lodz"), ("Øresund", "oresund"), ("Ærø", "aero"),
        ("ﬁsh", "fish"), ("ＡＢＣ１２", "abc12"), ("x²", "x2"),
        ("a\u{200B}b\u{00AD}c\u{FEFF}", "abc"), ("a\u{00A0}\u{3000}b", "a b"), ("a\r\nb", "a b"), ("a\u{0007}b", "ab"),
        ("Ёлка", "елка"), ("ΣΊΣΥΦΟΣ", "σισυφοσ"), ("C++", "c++"), ("¿¡...!?", ""), ("", ""),
    ])
    func `an answer is compared as people mean it`(typed: String, folded: String) {
        #expect(Array(TextFolding.answer(typed).unicodeScalars) == Array(folded.unicodeScalars))
    }

    /// SQ-02: what another script needs to tell words apart is kept.
    @Test(arguments: [("कि", "की"), ("が", "か"), ("ไม้", "ไม")])
    func `signs that make another word are not dropped`(one: String, other: String) {
        #expect(TextFolding.answer(one) != TextFolding.answer(other))
    }

    @Test(arguments: ["Straße", "İstanbul", "ΐ", "ﷺ", "한국어", "か\u{3099}", "e\u{0301}\u{0323}", "ǅ", "½", "👩‍👩‍👧"])
    func `folding twice changes nothing`(text: String) {
        let once = TextFolding.answer(text)
        #expect(Array(TextFolding.answer(once).utf8) == Array(once.utf8))
        let found = TextFolding.search(text)
        #expect(Array(TextFolding.search(found).utf8) == Array(found.utf8))
    }

    @Test func `what is ASCII is folded by its bytes as by the tables`() {
        var different: [[UInt8]] = []
        for first in UInt8(0)..<128 {
            for second in stride(from: first % 3, to: UInt8(128), by: 3) {
                let bytes = [0x20, first, 0x51, second, first]
                let text = String(decoding: bytes, as: UTF8.self)
                if TextFolding.asciiSearch(text) != TextFolding.wholeSearch(text) { different.append(bytes) }
            }
        }
        #expect(different.isEmpty)
        #expect(TextFolding.asciiSearch("Zo\u{EB}") == nil)
    }

    @Test func `search keeps punctuation`() {
        #expect(TextFolding.search("Åsa O'Neil  (HR)") == "asa o'neil (hr)")
        #expect(TextFolding.search("a.b_c@EXAMPLE.org") == "a.b_c@example.org")
    }

    /// PW-02. Composed and decomposed spellings have one normal form (UAX #15, canonical ordering included).
    @Test(arguments: [
        ("e\u{0301}", "\u{00E9}"), ("\u{212B}", "\u{00C5}"), ("q\u{0307}\u{0323}", "q\u{0323}\u{0307}"),
        ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{0958}", "\u{0915}\u{093C}"), ("ﬁ", "ﬁ"), ("plain", "plain"),
    ])
    func `the normal form is NFC`(text: String, normal: String) {
        #expect(Array(TextFolding.nfc(text).unicodeScalars) == Array(normal.unicodeScalars))
    }

    @Test func `very long decompositions fit`() {
        let text = String(repeating: "\u{FDFA}", count: 1_000)
        #expect(TextFolding.search(text).unicodeScalars.count > 10_000)
    }
}
