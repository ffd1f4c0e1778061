import Model
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:00:00Z", 951_825_600),
        ("2026-11-21T09:45:00.000Z", 1_795_254_300), ("2026-11-21T10:45:00+01:00", 1_795_254_300),
        ("2026-11-21T04:15:00-05:30", 1_795_254_300), ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("2024-02-29T00:00:00Z", 1_709_164_800), ("2400-02-29T00:00:00Z", 13_574_563_200),
    ])
    func `times are read`(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-12-31T23:59:60Z", "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z", "2026-01-01t00:00:00Z", "2026-01-01T00:00:00z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00Z",
        "2026-1-1T00:00:00Z", "+2026-01-01T00:00:00Z", "26-01-01T00:00:00Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00\u{2212}01:00", "", "Z",
        "2026-01-01T00:00:00.5", "99999-01-01T00:00:00Z", "2026-01-01T-1:00:00Z",
    ])
    func `what is no time is none`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `fractions are kept to the microsecond`() {
        #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.5Z")?.microseconds == 500_000)
        #expect(Timestamp(rfc3339: "1970-01-01T00:00:00.000001999Z")?.microseconds == 1)
        #expect(Timestamp(rfc3339: "1969-12-31T23:59:59.999999Z")?.microseconds == -1)
    }

    @Test func `what is written can be read again, over 12,000 years of days`() {
        var day = Timestamp(rfc3339: "0001-01-01T12:34:56.789Z")
        let end = Timestamp(rfc3339: "9999-12-31T00:00:00Z")
        var count = 0
        while let moment = day, let end, moment < end {
            let text = moment.rfc3339
            if Timestamp(rfc3339: text) != moment { Issue.record("\(text) is not read again") }
            if !text.hasSuffix("T12:34:56.789Z") { Issue.record("\(text)") }
            day = moment + .seconds(86_400 * 31)
            count += 1
        }
        #expect(count > 100_000)
    }

    @Test func `arithmetic stops at the ends of time instead of trapping`() {
        let last = Timestamp(microseconds: .max)
        let first = Timestamp(microseconds: .min)
        #expect(last + .seconds(1) == last)
        #expect(first - .seconds(1) == first)
        #expect(last - first == .microseconds(Int64.max))
        #expect(first - last == .microseconds(Int64.min))
        #expect(Timestamp(seconds: .max) == last)
        #expect(Timestamp(seconds: .min) == first)
        #expect(first.seconds < 0)
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMicroseconds == .min)
        #expect(!last.rfc3339.isEmpty)
        #expect(!first.rfc3339.isEmpty)
    }
}
