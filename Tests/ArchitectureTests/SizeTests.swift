import Testing

@Suite struct SizeTests {
    @Test func `no source is longer than 400 lines and no test longer than 600`() {
        let long =
            Repository.sources.filter { $0.lineCount > 400 } + Repository.tests.filter { $0.lineCount > 600 }
        let shown = long.map { "\($0.path): \($0.lineCount) lines" }
        #expect(shown.isEmpty, "\(listed(shown))")
    }

    @Test func `no function is longer than 50 lines`() {
        let long = Repository.sources.flatMap { source in
            functions(in: source).filter { $0.lineCount > 50 }
                .map { "\(source.path):\($0.line): \($0.name) has \($0.lineCount) lines" }
        }
        #expect(long.isEmpty, "\(listed(long))")
    }

    /// Initializers are exempt: the initializer of a value lists its members, and a struct around them would have to
    /// be initialized with the same list. So are functions that a C library calls.
    @Test func `no function takes more than 5 parameters`() {
        let wide = Repository.sources.flatMap { source in
            functions(in: source).filter { $0.parameterCount > 5 && !$0.isInitializer && !$0.isCallback }
                .map { "\(source.path):\($0.line): \($0.name) takes \($0.parameterCount)" }
        }
        #expect(wide.isEmpty, "\(listed(wide))")
    }

    @Test func `a main file only starts something`() {
        let mains = Repository.sources.filter { $0.path.hasSuffix("/main.swift") }
        #expect(mains.count == 3)
        let long = mains.filter { main in
            main.code.split(separator: "\n").count { !$0.allSatisfy(\.isWhitespace) } > 3
        }
        #expect(long.isEmpty, "\(listed(long.map(\.path)))")
    }

    @Test func `functions are measured as they stand`() throws {
        let source = SwiftSource(
            path: "Example.swift",
            text: """
                protocol Door { func open(_ key: Key) -> Bool }
                struct House {
                    init(a: Int, b: [Int: String]) { self.init() }
                    // func commented(out: Int) { }
                    func enter(
                        by door: (Key, Key) -> Pair<Key, Key>, at hour: Int = max(1, 2)
                    ) async throws(Locked) -> Room {
                        let text = "} \\(door(1, 2)) {"
                        return [1].map { $0 }
                    }
                }
                """)
        let found = functions(in: source)
        #expect(found.map(\.name) == ["init", "enter"])
        #expect(found.map(\.parameterCount) == [2, 2])
        #expect(found.map(\.lineCount) == [1, 6])
    }
}
