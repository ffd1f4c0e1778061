import Model
import Testing

@Suite struct LanguagePriorityTests {
    private let have = ["en", "de", "es", "zh-Hant"]

    /// RFC 4647 §3.4, RFC 9110 §12.5.4.
    @Test(arguments: [
        ("de", "de"), ("de-CH", "de"), ("DE-ch-1996", "de"), ("de_AT", "de"), ("fr, es", "es"),
        ("es;q=0.2, de;q=0.9", "de"), ("es, de", "es"), ("fr-CA, en-GB;q=0.8, de;q=0.9", "de"),
        ("zh-Hant-CN-x-private1-private2", "zh-Hant"), ("zh-Hant-x-a", "zh-Hant"), (" de ; q=0.5 , es;q=0.500", "de"),
        ("de;q=1.000", "de"), ("de;q=0, es;q=0.1", "es"), ("en-a-bbb", "en"),
    ])
    func `the best of what there is`(preference: String, tag: String) {
        #expect(LanguagePriority(preference).lookup(in: have) { $0 } == tag)
    }

    @Test(arguments: [
        "", "fr", "*", "*, *;q=0.5", "de;q=0", "german-language-of-germany", "d€", "de;level=1", "de;q=2",
        "de;q=0.1234",
        "de;q=-1", "zh", "-de", "de-", "1de", ",,;;,", "zh-x-hant",
    ])
    func `nothing where there is none`(preference: String) {
        #expect(LanguagePriority(preference).lookup(in: have) { $0 } == nil)
    }

    @Test func `a list without end is not read to its end`() {
        let list = String(repeating: "fr,", count: 10_000) + "de"
        #expect(LanguagePriority(list).lookup(in: have) { $0 } == nil)
    }
}
