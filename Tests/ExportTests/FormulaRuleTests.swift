import Testing

@testable import Export

/// IN-06
@Suite struct FormulaRuleTests {
    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u{FEFF}=1", "\u{200B}\u{200D}=1", "\u{00A0}+1", "\u{3000}-1", "\t1",
        "\r1",
        "\n=1", "\u{0}", "\u{7F}x", "\u{85}x", "＝1", "﹢1", "－1", "＠x", "⁺1", " \u{FEFF} ＝1", "\u{00AD}=1", "\u{202E}=1",
        "\u{301}=1", "'=1", "'''@x", "' =1", "=\u{338}", "⩵1", "\u{1D}",
    ])
    func `a cell that a spreadsheet could calculate with gets an apostrophe`(cell: String) {
        #expect(FormulaRule.needsApostrophe(cell))
    }

    @Test(arguments: [
        "", "Ada", "1=1", "'t Hooft", "O'Brien", "'", "''", " ", "é=1", "日本=1", "ß", "😀=", "(−1)", "a\n=1",
    ])
    func `any other cell stays as it is`(cell: String) {
        #expect(!FormulaRule.needsApostrophe(cell))
    }
}
