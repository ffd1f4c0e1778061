import Foundation
import Testing

@Suite struct DocumentTests {
    private let documents = Repository.files.filter { $0.hasSuffix(".md") }

    @Test(arguments: [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/threat-model.md",
        "docs/operations.md", "docs/security-requirements.md",
    ])
    func `the documents a reader looks for are there`(path: String) {
        #expect(Repository.text(path).utf8.count > 400)
    }

    @Test func `every link inside the repository leads somewhere`() {
        let broken = documents.flatMap { path in
            Repository.text(path).matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
                .filter { !$0.contains("://") && !$0.hasPrefix("#") && !$0.hasPrefix("mailto:") }
                .filter { !leadsSomewhere($0, from: path) }
                .map { "\(path): \($0)" }
        }
        #expect(broken.isEmpty, "\(listed(broken))")
    }

    @Test func `decisions are numbered without a gap and told in the same order`() {
        let decisions = Repository.files.filter { $0.hasPrefix("docs/adr/") && $0.hasSuffix(".md") }
        #expect(decisions.count >= 8)
        for (decision, number) in zip(decisions, 1...) {
            let digits = String(number)
            let padded = String(repeating: "0", count: 4 - digits.count) + digits
            #expect(decision.hasPrefix("docs/adr/\(padded)-"), "\(decision)")
            let headings = Repository.text(decision).split(separator: "\n").filter { $0.hasPrefix("#") }
            #expect(headings.first?.hasPrefix("# \(number). ") == true, "\(decision)")
            #expect(
                headings.dropFirst() == ["## Context", "## Decision", "## Alternatives", "## Consequences"],
                "\(decision)")
        }
    }

    @Test func `the architecture fits on two pages and names every target`() {
        let text = Repository.text("ARCHITECTURE.md")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 130)
        for target in Target.all {
            #expect(text.contains("`\(target.name)`"), "\(target.name)")
        }
    }

    @Test func `a README inside the sources has at most 30 lines`() {
        let long = documents.filter { $0.hasPrefix("Shared/") || $0.hasPrefix("Services/") }
            .filter { Repository.text($0).split(separator: "\n", omittingEmptySubsequences: false).count > 31 }
        #expect(long.isEmpty, "\(listed(long))")
    }

    private func leadsSomewhere(_ link: String, from path: String) -> Bool {
        let target = link.split(separator: "#", omittingEmptySubsequences: false)[0]
        let folder = Repository.root.appendingPathComponent(path).deletingLastPathComponent()
        return FileManager.default.fileExists(atPath: folder.appendingPathComponent(String(target)).standardized.path)
    }
}
