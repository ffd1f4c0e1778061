import Testing

/// docs/security-requirements.md and the tests, kept in step.
@Suite struct RequirementTests {
    private struct Row {
        let id: String
        let files: [String]
        let open: String
    }

    /// `| id | requirement | named in | open |`
    private let rows: [Row] = Repository.text("docs/security-requirements.md").split(separator: "\n").compactMap {
        line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingPrefix(while: { $0 == " " }) }
            .map { String($0.reversed().drop { $0 == " " }.reversed()) }
        guard cells.count == 6, cells[1].wholeMatch(of: /[A-Z]{2}-\d\d/) != nil else { return nil }
        return Row(
            id: cells[1], files: cells[3].matches(of: /`([^`]+)`/).map { String($0.1) }, open: cells[4])
    }

    @Test func `every requirement has one row`() {
        #expect(rows.count >= 70)
        #expect(Set(rows.map(\.id)).count == rows.count)
    }

    @Test func `what a row says is named in a test is named there`() {
        let wrong = rows.flatMap { row in
            row.files.filter { !$0.hasPrefix("Tests/") || !Repository.text($0).contains(row.id) }
                .map { "\(row.id) is not named in \($0)" }
        }
        #expect(wrong.isEmpty, "\(listed(wrong))")
    }

    @Test func `a requirement without a test is listed as open`() {
        let silent = rows.filter { $0.files.isEmpty && $0.open.isEmpty }.map(\.id)
        #expect(silent.isEmpty, "\(listed(silent))")
    }

    @Test func `a test names no requirement that is not in the table`() {
        let known = Set(rows.map(\.id))
        let prefixes = Set(known.map { $0.prefix(2) })
        let tests = Repository.files.filter {
            $0.hasPrefix("Tests/") && ($0.hasSuffix(".swift") || $0.hasSuffix(".py"))
        }
        let unknown = tests.filter { !$0.hasPrefix("Tests/ArchitectureTests/") }.flatMap { path in
            Repository.text(path).matches(of: /\b[A-Z]{2}-\d\d\b/).map { String($0.output) }
                .filter { prefixes.contains($0.prefix(2)) && !known.contains($0) }
                .map { "\(path): \($0)" }
        }
        #expect(unknown.isEmpty, "\(listed(unknown))")
    }
}
