import Glibc
import StrictJSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSON {
    try JSON.parse(Array(text.utf8))
}

/// IN-01
@Suite struct ParserTests {
    private static let accepted: [(String, JSON)] = [
        ("null", .null), ("true", true), ("false", false), (" \t\r\n1\r\n", 1), ("[]", []), ("[ ]", []),
        ("{}", .object([])), ("{ }", .object([])), ("0", 0), ("-0", 0), ("-1", -1), ("123", 123),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
        ("1.0", .number(1)), ("0.5", 0.5), ("-0.5", -0.5), ("1e2", .number(100)), ("1E+2", .number(100)),
        ("1e-2", 0.01), ("1.5e3", .number(1500)), ("0e1", .number(0)), ("0.0", .number(0)),
        ("1e-400", .number(0)), ("1e-99999999999999999999", .number(0)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
        (#""""#, ""), (#""a""#, "a"), (#""é€😀""#, "é€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""\uD834\uDD1E""#, "\u{1D11E}"),
        (#""\u0000""#, "\u{0}"), (#""\uFFFF\uFFFE""#, "\u{FFFF}\u{FFFE}"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ("\"a\u{301}\"", "a\u{301}"), ("\"\u{301}\"", "\u{301}"),
        ("[1,2]", [1, 2]), ("[[[]]]", [[[]]]), ("[null,\"\",{}]", [.null, "", .object([])]),
        (#"{"a":1}"#, .object(["a": 1])), (#"{"":0}"#, .object(["": 0])),
        (#"{"b":1,"a":{"b":2}}"#, .object(["b": 1, "a": .object(["b": 2])])),
        (#"{"a":"","A":""}"#, .object(["a": "", "A": ""])),
        (
            "{\"é\":1,\"e\u{301}\":2}",
            .object([JSONMember(name: "é", value: 1), JSONMember(name: "e\u{301}", value: 2)])
        ),
    ]

    @Test(arguments: accepted)
    func `a text of RFC 8259 is taken for what it says`(text: String, value: JSON) throws {
        #expect(try parse(text) == value)
    }

    private static let refused = [
        "", " ", "\u{FEFF}1", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "undefined", "1 2", "[] []",
        "{}x",
        "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1}", "(1)",
        "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a":1,}"#, #"{"a":1,,"b":2}"#, #"{"a":1"b":2}"#, #"{:1}"#,
        "{a:1}", "{'a':1}", "{1:1}", "{null:1}", #"{"a":1"#, #"{"a"=1}"#, #"{"a":1]"#,
        "'a'", "\"", "\"a", "\"\\", "\"\\\"", #""\a""#, #""\'""#, #""\x41""#, #""\0""#, #""\u""#, #""\u12""#,
        #""\u12G4""#,
        #""\u+123""#, #""\u 123""#, "\"\u{0}\"", "\"\u{1F}\"", "\"\n\"", "\"\r\n\"", "\"\t\"", "\"\\\n\"",
        #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\u0041""#, #""\ud83d\ud83d""#,
        #""\ude00\ud83d""#,
        "+1", "01", "-01", "00", "-", "--1", ".5", "5.", "-.5", "1.e1", "1e", "1e+", "1e+-1", "1E1.5", "0x10", "1_000",
        "1e400", "-1e400", "1e99999999999999999999", "１", "1a", "- 1", "1,000",
        "// c\n1", "/* c */1", "1 // c", "1#", "\u{A0}1", "\u{B}1", "\u{C}1", "\u{2028}1", "[1]\u{0}", "*", "<a/>",
    ]

    @Test(arguments: refused)
    func `a text outside RFC 8259 is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    private static let notUTF8: [[UInt8]] = [
        [0x80], [0xFF], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xFE, 0xFF],
    ]

    @Test(arguments: notUTF8)
    func `bytes that are not UTF-8 are refused in texts, names and after escapes`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try JSON.parse([quote] + bytes + [quote]) }
        #expect(throws: JSONError.self) { try JSON.parse([quote] + Array("\\n".utf8) + bytes + [quote]) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) }
        #expect(throws: JSONError.self) { try JSON.parse(bytes + Array("1".utf8)) }
    }

    /// TK-01
    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "/a"), (#"{"a":1,"\u0061":2}"#, "/a"), (#"{"":1,"":2}"#, "/"),
        (#"{"x":[{"a/b~":1,"a/b~":2}]}"#, "/x/0/a~1b~0"),
        (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"3":0}"#, "/3"),
        (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"9":0}"#, "/9"),
    ])
    func `a name that occurs twice is refused and named`(text: String, pointer: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.pointer == pointer)
        #expect(error?.reason.hasSuffix("occurs twice") == true)
    }

    @Test func `names are the same only byte by byte, also when there are many`() throws {
        let few = (0..<6).map { "\"\($0)\":0" }.joined(separator: ",")
        let many = (0..<20).map { "\"\($0)\":0" }.joined(separator: ",")
        for filler in [few, many] {
            let value = try parse("{\(filler),\"é\":1,\"e\u{301}\":2}")
            #expect(value["é"] == 1)
            #expect(value["e\u{301}"] == 2)
        }
    }

    @Test func `the deepest level allowed is taken and the next refused`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(32)) }
        #expect(throws: JSONError.self) { try parse(nested(33)) }
        #expect(throws: Never.self) { try JSON.parse(Array("[{\"a\":[]}]".utf8), maximumDepth: 3) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("[{\"a\":[]}]".utf8), maximumDepth: 2) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("[]".utf8), maximumDepth: 0) }
        #expect(throws: Never.self) { try JSON.parse(Array("[[],[],[]]".utf8), maximumDepth: 2) }
    }

    @Test func `a depth nobody needs is refused whatever the caller allows`() {
        let text = Array(repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSON.parse(text, maximumDepth: .max) }
    }

    @Test(arguments: [
        (#"{"a":[1,{"b":x}]}"#, "/a/1/b", "byte 13: a value is missing"),
        (#"[1,2"#, "", "byte 4: a comma or ']' is missing"),
        (#"{"a":"#, "/a", "byte 5: a value is missing"),
        (#"{"a" 1}"#, "/a", "byte 5: ':' is missing after the name"),
        (#"[0,"\ud800"]"#, "/1", "byte 4: half of a surrogate pair stands alone"),
        (#"[0,01]"#, "/1", "byte 3: the number is malformed"),
        ("1 1", "", "byte 2: there is more after the end of the value"),
    ])
    func `an error names the value and the byte`(text: String, pointer: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error == JSONError(pointer: pointer, reason: reason))
    }

    @Test func `bytes of any collection are read`() throws {
        #expect(try JSON.parse("[1]".utf8) == [1])
        #expect(try JSON.parse(Array("x[1]x".utf8)[1...3]) == [1])
    }

    /// CR-06
    @Test func `no prefix and no altered byte of a text ends the process`() throws {
        let text = Array(#"{"a":[1,-2.5e+3,"é\u00e9\ud83d\ude00\n",true,null,{"b":{}}],"c":"\\" }"#.utf8)
        _ = try JSON.parse(text)
        for end in text.indices {
            #expect(throws: JSONError.self) { try JSON.parse(text[..<end]) }
        }
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var altered = text
                altered[position] = byte
                for syntax in [JSONSyntax.json, .json5] {
                    guard let value = try? JSON.parse(altered, syntax: syntax) else { continue }
                    #expect(try JSON.parse(value.serialized()) == value)
                }
            }
        }
    }

    @Test func `an object of many names costs no more than its size`() throws {
        // Ten times the names may cost ten times as much, and comparing each with each would cost a hundred times.
        #expect(try processorTime(names: 50_000) < 40 * processorTime(names: 5_000))
    }

    /// What parsing an object costs this thread, in nanoseconds; how busy the machine is makes no difference.
    private func processorTime(names: Int) throws -> Int {
        let text = Array(("{" + (0..<names).map { "\"n\($0)\":0" }.joined(separator: ",") + "}").utf8)
        var (start, end) = (timespec(), timespec())
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        _ = try JSON.parse(text)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return (end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec
    }
}
