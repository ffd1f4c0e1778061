import Testing

@Suite struct ImportTests {
    @Test func `every source belongs to a target of the table`() {
        let lost = Repository.sources.filter { $0.target == nil }.map(\.path)
        #expect(lost.isEmpty, "\(listed(lost))")
        #expect(!Repository.sources.isEmpty)
    }

    /// Also: the services never import each other, and a C module is imported by its owner alone.
    @Test func `a source imports only what its level may`() {
        let wrong = Repository.sources.flatMap { source in
            source.imports
                .filter { module in source.target.map { !$0.mayImport(module) } ?? false }
                .map { "\(source.path) imports \($0)" }
        }
        #expect(wrong.isEmpty, "\(listed(wrong))")
    }

    @Test func `the dependencies in the package follow the same table`() {
        let package = SwiftSource(path: "Package.swift", text: Repository.text("Package.swift"))
        let declared = declarations(in: package.text)
        #expect(declared.count >= 20, "only \(declared.map(\.name)) were found")
        let wrong = declared.flatMap { name, dependencies in
            dependencies.filter { module in
                guard let target = Target.all.first(where: { $0.name == name }) else { return true }
                return !target.mayImport(module)
            }.map { "\(name) depends on \($0)" }
        }
        #expect(wrong.isEmpty, "\(listed(wrong))")
    }

    @Test func `the package depends on no other package`() {
        let text = Repository.text("Package.swift")
        #expect(!text.contains(".package("))
    }

    @Test func `the table catches what it should`() throws {
        let auth = try #require(Target.all.first { $0.name == "AuthService" })
        #expect(!auth.mayImport("HelpdeskService"))
        #expect(!auth.mayImport("CSQLite"))
        #expect(!auth.mayImport("Foundation"))
        #expect(auth.mayImport("Messaging"))
    }

    /// `shared(...)`, `service(...)` and `program(...)` in Package.swift: the first string is the name, `path:` is no
    /// dependency.
    private func declarations(in text: String) -> [(name: String, dependencies: [String])] {
        text.matches(of: /(?m)^        (shared|service|program)\(([^)]*)\)/).compactMap { match in
            let withoutPath = match.2.replacing(/path:\s*"[^"]*"/, with: "")
            let names = withoutPath.matches(of: /"([\w-]+)"/).map { String($0.1) }
            return names.first.map { ($0, Array(names.dropFirst())) }
        }
    }
}

/// One finding a line.
func listed(_ findings: [String]) -> String {
    "\n" + findings.joined(separator: "\n")
}
