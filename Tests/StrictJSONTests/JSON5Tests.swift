import StrictJSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSON {
    try JSON.parse(Array(text.utf8), syntax: .json5)
}

@Suite struct JSON5Tests {
    private static let accepted: [(String, JSON)] = [
        ("// c\n1", 1), ("// c\r1", 1), ("//\r\n1", 1), ("// c\u{2028}1", 1), ("1 // c", 1), ("1//", 1), ("/**/1", 1),
        ("/***/1", 1), ("/* * / **/1/* \n */", 1), ("/*//*/1", 1), ("//*\n1", 1),
        ("[/*a*/1/*b*/,/*c*/2/*d*/]", [1, 2]),
        ("\u{FEFF}1", 1), ("\u{A0}\u{B}\u{C}\u{2028}\u{2029}\u{3000}\u{1680}\u{2003}1", 1),
        ("[1,]", [1]), ("[1, // c\n]", [1]), ("{a:1,}", .object(["a": 1])),
        ("{a:1}", .object(["a": 1])), ("{$_a9:1}", .object(["$_a9": 1])), ("{'a b':1}", .object(["a b": 1])),
        ("{\"a\":1}", .object(["a": 1])), ("{é:1,ключ:2}", .object(["é": 1, "ключ": 2])),
        ("{null:1,true:2}", .object(["null": 1, "true": 2])), ("{a /* c */ : 1}", .object(["a": 1])),
        ("'a'", "a"), (#"'"'"#, "\""), (#""'""#, "'"), (#"'\''"#, "'"), (#"'\"'"#, "\""), (#"'\a\q\-'"#, "aq-"),
        (#"'\v\0\x41\xe9'"#, "\u{B}\u{0}Aé"), ("'a\\\nb'", "ab"), ("'a\\\r\nb'", "ab"), ("'a\\\rb'", "ab"),
        ("'a\\\u{2028}b\\\u{2029}c'", "abc"), ("'a\tb'", "a\tb"), ("'\u{2028}'", "\u{2028}"), (#"'\é\😀'"#, "é😀"),
        (#"'\u00e9\ud83d\ude00'"#, "é😀"),
        ("0x1F", 31), ("0XfF", 255), ("-0x10", -16), ("+0x10", 16), ("0x7fffffffffffffff", .integer(.max)),
        ("+1", 1), (".5", 0.5), ("5.", .number(5)), ("-.5", -0.5), ("+.5e1", .number(5)), ("5.e1", .number(50)),
        ("0.", .number(0)),
    ]

    @Test(arguments: accepted)
    func `what people may write in JSON5 is taken`(text: String, value: JSON) throws {
        #expect(try parse(text) == value)
    }

    private static let refused = [
        "", "//", "/* c", "/*/", "/", "/ /1", "/1", "#c\n1", "[,]", "[1,,]", "{,}", "{a:1,,}", "{a}", "{a:}", "{1a:1}",
        "{a b:1}", "{a-b:1}", "{\\u0061:1}", "{[a]:1}", "'a", "'a\"", "\"a'", "'a\nb'", "'a\rb'", #"'\1'"#, #"'\9'"#,
        #"'\01'"#, #"'\x4'"#, #"'\xg0'"#, #"'\u12'"#, #"'\ud800'"#, "NaN", "Infinity", "-Infinity", "undefined", "0x",
        "0xg",
        "0x8000000000000000", "0x10000000000000000", "0x1.5", "01", "+-1", "++1", "+", ".", "-.", ".e1", "1e", "1e400",
        "True", "a", "1 2", "{a:1,a:2}", "{a:1,'a':2}", "{a:1,\"\\u0061\":2}", "`a`",
    ]

    @Test(arguments: refused)
    func `what is no JSON5 is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test(arguments: [
        ("{\n  a: 1,\n  b: tru\n}", "/b", "line 3, column 6: a value is missing"),
        ("{\r\n  a: 1\r\n  b: 2\r\n}", "", "line 3, column 3: a comma or '}' is missing"),
        ("{a: 'x\n}", "/a", "line 1, column 7: a control character must be escaped"),
        ("\n/* ", "", "line 2, column 1: the comment has no end"),
        ("{\n a: 1,\n a: 2 }", "/a", "line 3, column 2: occurs twice"),
    ])
    func `an error names line and column`(text: String, pointer: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error == JSONError(pointer: pointer, reason: reason))
    }

    @Test func `bytes that are not UTF-8 are refused in comments' neighborhood, names and texts`() {
        for text in [[0xFF], Array("{".utf8) + [0xC3] + Array(":1}".utf8), Array("'\\".utf8) + [0xC3, 0x27]] {
            #expect(throws: JSONError.self) { try JSON.parse(text, syntax: .json5) }
        }
    }
}
