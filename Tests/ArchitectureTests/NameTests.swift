import Testing

@Suite struct NameTests {
    private static let empty: Set<Substring> = [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Base", "Impl", "Common", "Misc",
    ]

    @Test func `no type, file or folder has a name that says nothing`() {
        let types = (Repository.sources + Repository.tests).flatMap { source in
            source.code.matches(of: /\b(?:struct|class|enum|protocol|actor|typealias)\s+([A-Z]\w*)/)
                .filter { saysNothing($0.1) }.map { "\(source.path): \($0.1)" }
        }
        let files = Repository.files.filter { path in
            path.split(whereSeparator: { "/.+-_".contains($0) }).contains { saysNothing($0) }
        }
        #expect((types + files).isEmpty, "\(listed(types + files))")
    }

    @Test func `words are told apart`() {
        #expect(saysNothing("StoreManager"))
        #expect(saysNothing("BaseStore"))
        #expect(!saysNothing("Base64URL"))
        #expect(!saysNothing("Database"))
    }

    private func saysNothing(_ name: Substring) -> Bool {
        name.matches(of: /[A-Z]+(?![a-z])|[A-Z][a-z0-9]*/).contains { Self.empty.contains($0.output) }
    }
}
