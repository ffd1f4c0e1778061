import Glibc
import TestSupport
import Testing

@testable import Export

@Suite struct TableExportTests {
    @Test func `a table becomes lines of RFC 4180`() throws {
        let text = try whole(.csv, [["Ada", "a,b"], ["say \"hi\"", "=1"], ["two\r\nlines", " x"], ["", ""]])
        #expect(
            text == "Name,Note\r\nAda,\"a,b\"\r\n\"say \"\"hi\"\"\",\"'=1\"\r\n\"two\r\nlines\",\" x\"\r\n,\r\n")
    }

    @Test func `a table becomes elements with every special character escaped`() throws {
        let text = try whole(.xml, [["<a & \"b\">", "]]>"], ["x\r\ny", "\u{0}_x0041_\u{FFFE}"], ["", "é"]])
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <users>
                <user><name>&lt;a &amp; &quot;b&quot;&gt;</name><note>]]&gt;</note></user>
                <user><name>x&#13;
                y</name><note>_x0000__x005F_x0041__xFFFE_</note></user>
                <user><name></name><note>é</note></user>
                </users>

                """)
    }

    @Test func `pieces are there while rows are added and there is none twice`() throws {
        let export = try TableExport(.csv, layout)
        #expect(try export.take() == Array("Name,Note\r\n".utf8))
        #expect(try export.take() == nil)
        try export.append(["a", "b"])
        #expect(try export.take() == Array("a,b\r\n".utf8))
        try export.finish()
        #expect(try export.take() == nil)
    }

    @Test(arguments: ExportFormat.allCases)
    func `a row with a cell too many or after the end is refused`(format: ExportFormat) throws {
        let export = try TableExport(format, layout)
        #expect(throws: ExportError.wrongNumberOfCells(3)) { try export.append(["a", "b", "c"]) }
        try export.finish()
        #expect(throws: ExportError.ended) { try export.append(["a", "b"]) }
        #expect(throws: ExportError.ended) { try export.finish() }
        #expect(export.rows == 0)
    }

    @Test func `a workbook that is given up leaves no file open`() throws {
        let before = try openFiles()
        for _ in 0..<20 {
            let export = try TableExport(.xlsx, layout)
            for row in 0..<200 { try export.append(["\(row)", "x"]) }
        }
        // Other suites of this process open and close files meanwhile; twenty workbooks would leave forty.
        #expect(try openFiles() < before + 20)
    }

    @Test func `a cell longer than a workbook takes is cut and says so`() {
        let fits = String(repeating: "é", count: 32_767)
        #expect(CellLimit.fitted(fits) == fits)
        let cut = CellLimit.fitted(fits + "x")
        #expect(cut.utf16.count == 32_767)
        #expect(cut.hasSuffix("é… [cut]"))
        let pairs = CellLimit.fitted(String(repeating: "😀", count: 16_384))
        #expect(pairs.utf16.count <= 32_767)
        #expect(pairs.hasSuffix("😀… [cut]"))
        let escapes = CellLimit.fitted(String(repeating: "\u{1}", count: 5_000))
        #expect(escapes.utf16.count <= 32_767)
        #expect(escapes.hasSuffix("_x0001_… [cut]"))
    }

    private let layout = TableLayout(
        title: "Users", root: "users", row: "user", columns: [.init("name", "Name"), .init("note", "Note")])

    private func whole(_ format: ExportFormat, _ rows: [[String]]) throws -> String {
        let export = try TableExport(format, layout)
        for row in rows { try export.append(row) }
        try export.finish()
        var bytes: [UInt8] = []
        while let piece = try export.take() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How many descriptors this process has open (proc(5)).
private func openFiles() throws -> Int {
    let folder = try #require(opendir("/proc/self/fd"))
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}
