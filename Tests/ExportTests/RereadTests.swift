import Glibc
import Platform
import TestSupport
import Testing

@testable import Export

/// Files of hostile values, read again by Python's csv, lxml and openpyxl: equal to the source, and no formula (IN-06).
struct RereadTests {
    private static let layout = TableLayout(
        title: "Users", root: "users", row: "user",
        columns: [.init("name", "Name"), .init("note", "Note"), .init("last", "Last")])

    /// Issue 4, "Must be shown".
    @Test(arguments: ExportFormat.allCases)
    func `hostile values are read again as they were`(format: ExportFormat) async throws {
        let cells = hostile + random(seed: 20_261_121, count: 3_000)
        let rows = stride(from: 0, to: cells.count - 2, by: 3).map { Array(cells[$0..<$0 + 3]) }
        let export = try TableExport(format, Self.layout)
        try expectEqual(try await reread(export, rows, format), rows, format)
    }

    @Test(arguments: ExportFormat.allCases)
    func `a table without rows is a file all the same`(format: ExportFormat) async throws {
        try expectEqual(try await reread(try TableExport(format, Self.layout), [], format), [], format)
    }

    @Test func `rows beyond a sheet go on in the next`() async throws {
        let writer = try XLSXWriter(Self.layout, rowsInSheet: 4)
        let rows = (1...8).map { ["\($0)", "=\($0)", ""] }
        for row in rows { try writer.append(row) }
        try writer.finish()
        let heading = Self.layout.columns.map(\.title)
        let read = try await read(.xlsx) { () throws(ExportError) in try writer.take() }
        let expected: [[String]] = [heading] + rows[..<3] + [heading] + rows[3..<6] + [heading] + rows[6...]
        #expect(read.map { $0.prefix(2) } == expected.map { $0.prefix(2) })
    }

    private func expectEqual(_ read: [[String]], _ rows: [[String]], _ format: ExportFormat) throws {
        let heading = format == .xml ? [] : [Self.layout.columns.map(\.title)]
        try #require(read.count == rows.count + heading.count)
        for (found, source) in zip(read, heading + rows) {
            // openpyxl leaves out empty cells at the end of a row.
            let padded = found + Array(repeating: "", count: source.count - found.count)
            #expect(
                zip(padded, source).allSatisfy { $0.utf8.elementsEqual($1.utf8) }, "\(source.map(\.debugDescription))")
        }
    }

    private func reread(_ export: TableExport, _ rows: [[String]], _ format: ExportFormat) async throws -> [[String]] {
        for row in rows { try export.append(row) }
        try export.finish()
        return try await read(format) { () throws(ExportError) in try export.take() }
    }

    private func read(
        _ format: ExportFormat, _ take: () throws(ExportError) -> [UInt8]?
    ) async throws -> [[String]] {
        let folder = TemporaryFolder()
        let path = folder.file("export." + format.fileExtension)
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        while let piece = try take() { try #require(write(file, piece, piece.count) == piece.count) }
        close(file)
        let pool = BlockingPool(name: "python", threads: 1)
        let output = try await pool.run { () throws(ProgramError) in
            try runSuccessfully("/usr/bin/python3", ["-X", "utf8", kitFile("read-export.py"), format.rawValue, path])
                .stdout
        }
        return output.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(decoded)
        }
    }

    private func decoded(_ digits: ArraySlice<UInt8>) -> String {
        let text = Array(String(decoding: digits, as: UTF8.self))
        let bytes = stride(from: 0, to: text.count - 1, by: 2).compactMap {
            UInt8(String(text[$0...$0 + 1]), radix: 16)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Values that break exports: formulas, controls, marks, directions, sizes, what is special in a format.
private let hostile: [String] =
    [
        "=1+1", "+1", "-1", "@SUM(A1:A9)", "=HYPERLINK(\"http://example.org\",\"x\")", "=cmd|' /C calc'!A0", "＝1",
        "\u{FEFF}=1",
        "\u{200B}=1", " =1", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "'", "O'Brien", "'t Hooft", "\u{00A0}@x", "⁺1",
        "﹣1",
        "\u{0}", "\u{1}\u{2}\u{8}\u{B}\u{C}\u{E}\u{1F}", "\u{7F}\u{80}\u{85}\u{9F}", "a\u{0}b",
        "\u{FFFE}\u{FFFF}\u{FFFD}", "\u{1FFFE}",
        "e\u{301}\u{302}\u{303}", "\u{301}alone", "a" + String(repeating: "\u{300}", count: 500), "שלום world",
        "\u{202E}gnp.exe",
        "\u{2066}x\u{2069}", "مرحبا", "<a & \"b\" 'c'>", "]]>", "<![CDATA[x]]>", "&amp;", "&#0;", "<!-- -->", "<?xml?>",
        "_x0041_", "_x005F_x0041_", "_x00", "__x0041__", "_x0000_\u{0}", "_X0041_", "a\r\nb\rc\nd", "\r\n", "\"",
        "\"\"", "a,b;c\td",
        " ", "  two  ", "\u{2028}\u{2029}", "😀👨‍👩‍👧", "\u{10FFFF}", "NULL", "1e5", "007", "2026-11-21", "TRUE", "#REF!",
        "\\", "\u{1D}",
    ]
    + [
        String(repeating: "x", count: 32_767), String(repeating: "é", count: 32_767),
        String(repeating: "😀", count: 16_383),
        String(repeating: "<", count: 32_767), String(repeating: "\u{301}", count: 32_767),
        "=" + String(repeating: "\"", count: 32_766),
        String(repeating: "ש", count: 32_767), String(repeating: "\u{0}", count: 4_681),
    ]

/// Short texts of characters that mean something somewhere.
private func random(seed: UInt64, count: Int) -> [String] {
    let alphabet = Array("=+-@'\"\t\r\n\u{0}\u{1}\u{B} \u{FEFF}\u{200B}_x04F1&<>],;＝é\u{301}ש😀\u{FFFE}A".unicodeScalars)
    let source = SeededRandom(seed: seed)
    return (0..<count).map { _ in
        let bytes = source.bytes(10)
        let scalars = bytes.dropFirst().prefix(Int(bytes[0]) % 10).map { alphabet[Int($0) % alphabet.count] }
        return String(String.UnicodeScalarView(scalars))
    }
}
