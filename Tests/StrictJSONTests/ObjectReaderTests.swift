import StrictJSON
import Testing

private func reader(_ text: String, pointer: String = "") throws -> JSONObjectReader {
    try JSONObjectReader(JSON.parse(Array(text.utf8)), pointer: pointer)
}

/// IN-01
@Suite struct ObjectReaderTests {
    @Test func `an object that says what is expected is read whole`() throws {
        var reader = try reader(
            #"{"s":"x","i":-5,"b":true,"l":["a","b"],"o":{"n":1},"os":[{"n":2},{"n":3}],"p":"12","v":null}"#)
        #expect(try reader.string("s") == "x")
        #expect(try reader.integer("i", in: -5...5) == -5)
        #expect(try reader.bool("b"))
        #expect(try reader.strings("l", count: 1...2) == ["a", "b"])
        var inner = try reader.object("o")
        #expect(try inner.integer("n", in: 0...1) == 1)
        try inner.finish()
        let numbers = try reader.objects("os", count: 0...5).map { element in
            var element = element
            return try element.integer("n", in: 0...9)
        }
        #expect(numbers == [2, 3])
        #expect(try reader.parsed("p") { Int($0) } == 12)
        #expect(reader.value("v") == .some(.null))
        #expect(reader.value("none") == nil)
        try reader.finish()
    }

    @Test func `optional members that are not there are nil`() throws {
        var reader = try reader("{}")
        #expect(try reader.optionalString("a") == nil)
        #expect(try reader.optionalInteger("a", in: 0...1) == nil)
        #expect(try reader.optionalBool("a") == nil)
        #expect(try reader.optionalStrings("a", count: 0...1) == nil)
        #expect(try reader.optionalObject("a") == nil)
        #expect(try reader.optionalObjects("a", count: 0...1) == nil)
        #expect(try reader.optionalParsed("a") { Int($0) } == nil)
        try reader.finish()
    }

    typealias Read = @Sendable (inout JSONObjectReader) throws(JSONError) -> Void

    private static let failures: [(String, String, String, Read)] = [
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.string("a") }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.integer("a", in: 0...1) }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.bool("a") }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.strings("a", count: 0...1) }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.object("a") }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.objects("a", count: 0...1) }),
        ("{}", "/x/a", "is missing", { r throws(JSONError) in _ = try r.parsed("a") { Int($0) } }),
        (#"{"a":1}"#, "/x/a", "must be a string", { r throws(JSONError) in _ = try r.string("a") }),
        (#"{"a":null}"#, "/x/a", "must be a string", { r throws(JSONError) in _ = try r.optionalString("a") }),
        (#"{"a":""}"#, "/x/a", "must have 1 to 1024 characters", { r throws(JSONError) in _ = try r.string("a") }),
        (
            #"{"a":"abc"}"#, "/x/a", "must have exactly 2 characters",
            { r throws(JSONError) in _ = try r.string("a", length: 2...2) }
        ),
        (
            #"{"a":"a\u0000"}"#, "/x/a", "must not contain the character U+0000",
            { r throws(JSONError) in _ = try r.string("a") }
        ),
        (#"{"a":"1"}"#, "/x/a", "must be a whole number", { r throws(JSONError) in _ = try r.integer("a", in: 0...1) }),
        (#"{"a":1.0}"#, "/x/a", "must be a whole number", { r throws(JSONError) in _ = try r.integer("a", in: 0...1) }),
        (
            #"{"a":1e30}"#, "/x/a", "must be a whole number",
            { r throws(JSONError) in _ = try r.integer("a", in: 0...1) }
        ),
        (#"{"a":2}"#, "/x/a", "must be between 0 and 1", { r throws(JSONError) in _ = try r.integer("a", in: 0...1) }),
        (#"{"a":1}"#, "/x/a", "must be true or false", { r throws(JSONError) in _ = try r.bool("a") }),
        (#"{"a":{}}"#, "/x/a", "must be a list", { r throws(JSONError) in _ = try r.strings("a", count: 0...1) }),
        (
            #"{"a":["x","y"]}"#, "/x/a", "must have 0 to 1 elements",
            { r throws(JSONError) in _ = try r.strings("a", count: 0...1) }
        ),
        (
            #"{"a":[]}"#, "/x/a", "must have at least 1 element",
            { r throws(JSONError) in _ = try r.strings("a", count: 1...Int.max) }
        ),
        (
            #"{"a":["x",2]}"#, "/x/a/1", "must be a string",
            { r throws(JSONError) in _ = try r.strings("a", count: 0...9) }
        ),
        (#"{"a":[]}"#, "/x/a", "must be an object", { r throws(JSONError) in _ = try r.object("a") }),
        (
            #"{"a":[{},1]}"#, "/x/a/1", "must be an object",
            { r throws(JSONError) in _ = try r.objects("a", count: 0...9) }
        ),
        (#"{"a":"q"}"#, "/x/a", "is not a valid value", { r throws(JSONError) in _ = try r.parsed("a") { Int($0) } }),
        (
            #"{"a":"q"}"#, "/x/a", "is not a valid number",
            { r throws(JSONError) in _ = try r.parsed("a", as: "number") { Int($0) } }
        ),
        (#"{"a~/b":1}"#, "/x/a~0~1b", "is not known here", { r throws(JSONError) in try r.finish() }),
    ]

    @Test(arguments: failures.indices)
    func `a wrong member is an error with its pointer`(index: Int) throws {
        let (text, pointer, reason, read) = Self.failures[index]
        var reader = try reader(text, pointer: "/x")
        let error = #expect(throws: JSONError.self) { try read(&reader) }
        #expect(error == JSONError(pointer: pointer, reason: reason))
    }

    @Test func `a value that is no object is refused`() {
        for text in ["[]", "null", "\"{}\"", "1"] {
            #expect(throws: JSONError(pointer: "", reason: "must be an object")) { try reader(text) }
        }
    }

    @Test func `names are looked up byte by byte`() throws {
        var reader = try reader("{\"e\u{301}\":1}")
        #expect(try reader.optionalInteger("é", in: 0...1) == nil)
        #expect(throws: JSONError.self) { try reader.finish() }
        #expect(try reader.integer("e\u{301}", in: 0...1) == 1)
        try reader.finish()
    }

    @Test func `length counts Unicode scalars, not what looks like one character`() throws {
        var reader = try reader("{\"a\":\"e\u{301}\u{301}\",\"b\":\"\\r\\n\"}")
        #expect(throws: JSONError.self) { try reader.string("a", length: 1...2) }
        #expect(throws: JSONError.self) { try reader.string("b", length: 1...1) }
        #expect(try reader.string("a", length: 3...3).unicodeScalars.count == 3)
    }

    @Test func `the error shows pointer and reason in one line`() {
        #expect(JSONError(pointer: "/a", reason: "is missing").description == "/a: is missing")
        #expect(JSONError(pointer: "", reason: "is missing").description == "is missing")
    }
}
