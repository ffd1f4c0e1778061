import Testing

@testable import Directory

/// RFC 4180 and what files in the wild do with it.
@Suite struct CSVRecordsTests {
    @Test(arguments: [
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("\u{FEFF}a\n", [["a"]]),
        ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
        ("\"line one\r\nline two\",x\n", [["line one\r\nline two", "x"]]),
        ("a,,\n", [["a", "", ""]]),
        ("\"\"\n", []),
        ("\n\r\na\n\n", [["a"]]),
        ("a\rb\n", [["a\rb"]]),
        ("a\r", [["a\r"]]),
        ("=1,\u{301}x\n", [["=1", "\u{301}x"]]),
        ("", []),
    ]) func `a file falls into its fields`(text: String, expected: [[String]]) throws {
        #expect(try CSVRecords.parse(Array(text.utf8)).map(\.fields) == expected)
    }

    @Test func `a record knows the line it begins on`() throws {
        let records = try CSVRecords.parse(Array("a\r\n\r\n\"b\nb\"\r\nc\n".utf8))
        #expect(records.map(\.line) == [1, 3, 5])
    }

    @Test(arguments: [("a\n\"b", 2), ("a\n\"b\"c\n", 2), ("a\nb\"c\n", 2), ("\"a\n\n\n", 1), ("\"a\n\"b\n", 2)])
    func `a broken quote is named with its line`(text: String, line: Int) {
        let failure = #expect(throws: CSVRecords.Failure.self) { try CSVRecords.parse(Array(text.utf8)) }
        #expect(failure?.line == line)
    }

    @Test func `a file beyond the limit is refused before it is read`() {
        let bytes = [UInt8](repeating: 0x61, count: CSVRecords.maximumBytes + 1)
        #expect(throws: CSVRecords.Failure.self) { try CSVRecords.parse(bytes) }
    }
}
