import Platform
import StrictJSON
import TestSupport
import Testing

private func text(_ value: JSON) -> String {
    String(decoding: value.serialized(), as: UTF8.self)
}

@Suite struct SerializerTests {
    private static let spellings: [(JSON, String)] = [
        (.null, "null"), (true, "true"), (false, "false"), (0, "0"), (9, "9"), (10, "10"), (-1, "-1"),
        (.integer(.min), "-9223372036854775808"), (.integer(.max), "9223372036854775807"),
        (0.5, "0.5"), (.number(1), "1.0"), (.number(1e300), "1e+300"), (.number(.leastNonzeroMagnitude), "5e-324"),
        (.number(.infinity), "null"), (.number(-.infinity), "null"), (.number(.nan), "null"),
        ("", #""""#), ("a\"b\\c/", #""a\"b\\c/""#), ("\u{0}\u{1F}\u{8}\t\n\u{C}\r", #""\u0000\u001f\b\t\n\f\r""#),
        ("\r\n", #""\r\n""#), ("\"\u{301}", "\"\\\"\u{301}\""), ("é😀\u{7F}", "\"é😀\u{7F}\""),
        ([], "[]"), ([1, []], "[1,[]]"), (.object([]), "{}"),
        (.object(["b\n": 1, "a": .object(["x": .null])]), #"{"b\n":1,"a":{"x":null}}"#),
    ]

    @Test(arguments: spellings)
    func `a value has one spelling`(value: JSON, spelling: String) {
        #expect(text(value) == spelling)
    }

    @Test func `a member without a value is left out and a null stays`() {
        let nothing: String? = nil
        let value = JSON.object(["a": nil, "b": .null, "c": nothing.map { .string($0) }, "d": 1])
        #expect(text(value) == #"{"b":null,"d":1}"#)
    }

    @Test func `the pretty form is indented and says the same`() throws {
        let value = JSON.object(["a": [1, [], .object([])], "b": .object(["c": "x"])])
        let pretty = """
            {
              "a": [
                1,
                [],
                {}
              ],
              "b": {
                "c": "x"
              }
            }

            """
        #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) == pretty)
        #expect(try JSON.parse(value.serialized(pretty: true)) == value)
    }

    @Test func `random values survive the round trip`() throws {
        let maker = ValueMaker()
        for _ in 0..<3_000 {
            let value = maker.json(depth: 5)
            #expect(try JSON.parse(value.serialized()) == value)
            #expect(try JSON.parse(value.serialized(pretty: true)) == value)
            #expect(try JSON.parse(value.serialized(), syntax: .json5) == value)
        }
    }

    @Test func `texts are equal only byte by byte`() {
        #expect(JSON.string("é") != JSON.string("e\u{301}"))
        #expect(JSON.object(["é": 1]) != JSON.object(["e\u{301}": 1]))
        #expect(JSON.integer(1) != JSON.number(1))
    }
}

/// Makes values; with a fixed seed, so that a failure comes back.
private struct ValueMaker {
    private let random = SeededRandom(seed: 20_260_101)

    private func next() -> UInt64 {
        random.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    private func text() -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<below(12) {
            let limit: UInt32 = [0x80, 0x80, 0x800, 0x11_0000][below(4)]
            scalars.append(Unicode.Scalar(UInt32(truncatingIfNeeded: next()) % limit) ?? "\u{301}")
        }
        return String(scalars)
    }

    func json(depth: Int) -> JSON {
        switch below(depth == 0 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(next() & 1 == 0)
        case 2: return .integer(Int64(bitPattern: next()) >> Int64(below(64)))
        case 3:
            let number = Double(bitPattern: next())
            return number.isFinite ? .number(number) : 0.5
        case 4: return .string(text())
        case 5: return .array((0..<below(6)).map { _ in json(depth: depth - 1) })
        default:
            return .object(
                (0..<below(12)).map { JSONMember(name: "\($0)" + text(), value: json(depth: depth - 1)) })
        }
    }
}
