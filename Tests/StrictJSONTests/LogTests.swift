import Model
import Observability
import Platform
import StrictJSON
import Testing

/// Keeps the lines of a log.
private final class RecordingSink: Sendable {
    private let lines = Lock<[[UInt8]]>([])

    func log(minimum: Log.Level = .info) -> Log {
        Log(
            service: "auth", minimum: minimum, sink: { line in self.lines.withLock { $0.append(line) } },
            now: { Timestamp(seconds: 0) })
    }

    var written: [[UInt8]] { lines.withLock { $0 } }
}

/// AU-04
@Suite struct LogTests {
    @Test func `a line has time, level, service, event and the fields`() {
        let sink = RecordingSink()
        sink.log().info("started", ["port": 8401, "open": true, "load": 0.5, "name": "x"])
        #expect(
            sink.written.map { String(decoding: $0, as: UTF8.self) } == [
                #"{"time":"1970-01-01T00:00:00.000Z","level":"info","service":"auth","event":"started","#
                    + #""port":8401,"open":true,"load":0.5,"name":"x"}"# + "\n"
            ])
    }

    @Test func `a line of a request carries its id`() async throws {
        let sink = RecordingSink()
        let log = sink.log()
        await RequestContext.$requestID.withValue(RequestID("abc-1")) {
            await Task { log.warning("slow") }.value
        }
        log.warning("slow")
        let ids = try sink.written.map { try JSON.parse($0)["requestId"] }
        #expect(ids == ["abc-1", nil])
    }

    private static let hostile = [
        "", "\"", "\\", "\r\n", "a\n{\"level\":\"error\"}", "\u{0}\u{1}\u{1F}\u{7F}\u{80}\u{9B}31m\u{9F}", "\u{1B}[2J",
        "\u{2028}\u{2029}", "\"\u{301}", "\\\u{301}", "😀é\u{FFFF}", "\u{202E}x",
        String(repeating: "é\n\"", count: 5_000),
    ]

    /// IN-01
    @Test(arguments: hostile)
    func `a hostile value or name stays inside one valid line`(text: String) throws {
        let sink = RecordingSink()
        sink.log().error("failed", ["value": LogValue(text), text: 1])
        let line = try #require(sink.written.first)
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.count { $0 < 0x20 || $0 == 0x7F } == 1)
        #expect(!String(decoding: line, as: UTF8.self).unicodeScalars.contains { (0x80...0x9F).contains($0.value) })
        let value = try JSON.parse(line)["value"]?.stringValue
        if text.utf8.count <= 1_024 {
            #expect(value.map { Array($0.utf8) } == Array(text.utf8))
        } else {
            #expect(value?.hasSuffix("…") == true)
            #expect(line.count < 4_096)
        }
    }

    @Test func `a field cannot take the place of another`() throws {
        let sink = RecordingSink()
        sink.log().info("x", ["level": "error", "time": 1, "a": 1, "a": 2, "a": 3])
        let line = try JSON.parse(try #require(sink.written.first))
        #expect(line["level"] == "info")
        #expect(line["level_"] == "error")
        #expect(line["time_"] == 1)
        #expect([line["a"], line["a_"], line["a__"]] == [1, 2, 3])
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func `a number that is not finite is null`(number: Double) throws {
        let sink = RecordingSink()
        sink.log().info("x", ["n": LogValue(number)])
        #expect(try JSON.parse(try #require(sink.written.first))["n"] == .some(.null))
    }

    @Test(arguments: [(Log.Level.debug, 4), (.info, 3), (.warning, 2), (.error, 1)])
    func `lines that matter less than the minimum are not written`(minimum: Log.Level, count: Int) {
        let sink = RecordingSink()
        let log = sink.log(minimum: minimum)
        log.debug("x")
        log.info("x")
        log.warning("x")
        log.error("x")
        #expect(sink.written.count == count)
    }

    @Test func `ids, moments and spans are written as such`() throws {
        let account = try #require(AccountID("corp~1"))
        let session = try #require(SessionID("s1"))
        let sink = RecordingSink()
        sink.log().info(
            "x",
            [
                "account": LogValue(account), "session": LogValue(session), "at": LogValue(Timestamp(seconds: 0)),
                "took": LogValue(.milliseconds(1_500)), "big": LogValue(UInt64.max),
            ])
        let line = try JSON.parse(try #require(sink.written.first))
        #expect(line["account"] == "corp~1")
        #expect(line["session"] == "s1")
        #expect(line["at"] == "1970-01-01T00:00:00.000Z")
        #expect(line["took"] == 1.5)
        #expect(line["big"] == .integer(.max))
    }
}

@Suite struct RequestIDTests {
    @Test(arguments: ["a", "A-z_09", String(repeating: "x", count: 64)])
    func `an id a caller sent is taken`(text: String) {
        #expect(RequestID(text)?.text == text)
    }

    @Test(arguments: ["", "a b", "a\n", "a\r\n", "é", "a\u{301}", "a/b", "a\"", String(repeating: "x", count: 65)])
    func `a text that is no id is refused`(text: String) {
        #expect(RequestID(text) == nil)
    }

    @Test func `a new id is its bytes in hexadecimal`() {
        #expect(RequestID(randomBytes: [0, 15, 255]).text == "000fff")
    }
}
