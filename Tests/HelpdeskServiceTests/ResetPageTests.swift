import StrictJSON
import TestSupport
import Testing

@testable import HelpdeskService

/// The page that is served is the one in the repository.
@Suite struct ResetPageTests {
    private let folder = String(#filePath.split(separator: "/Tests/")[0]) + "/Services/Helpdesk/Page/"

    private func source(_ name: String) -> [UInt8] {
        readFile((folder.hasPrefix("/") ? "" : "/") + folder + name)
    }

    @Test func `script and style are the ones of the repository`() {
        #expect(ResetPage.script == source("page.js"), "run deploy/scripts/embed-reset-page.sh")
        #expect(ResetPage.style == source("page.css"), "run deploy/scripts/embed-reset-page.sh")
    }

    /// IN-05: the page's own words; what is data comes later, as text.
    @Test func `every language has every word of the repository`() throws {
        let words = try JSON.parse(source("words.json"))
        #expect(words.objectValue?.map(\.name) == ResetPage.languages)
        for language in ResetPage.languages {
            let page = String(decoding: try #require(ResetPage.html[language]), as: UTF8.self)
            for word in try #require(words[language]?.objectValue) {
                let texts =
                    word.value.stringValue.map { [$0] } ?? word.value.objectValue?.compactMap(\.value.stringValue)
                for text in try #require(texts) {
                    #expect(page.contains(text), "run deploy/scripts/embed-reset-page.sh")
                }
            }
        }
        let script = String(decoding: ResetPage.script, as: UTF8.self)
        for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            #expect(!script.contains(markup))
        }
    }
}
