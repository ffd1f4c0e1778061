import Foundation
import Testing

/// Rules for every text in the repository: scripts, documents, configuration.
@Suite struct TextTests {
    private static let kinds: Set<Substring> = [
        "swift", "sh", "py", "md", "json", "json5", "conf", "txt", "ini", "service", "yml", "yaml", "toml", "csv", "h",
        "modulemap", "html", "js", "css", "svg",
    ]

    private var texts: [(path: String, text: String)] {
        Repository.files
            .filter { path in
                let name = path.split(separator: "/").last ?? ""
                return !name.contains(".") || Self.kinds.contains(name.split(separator: ".").last ?? "")
            }
            .map { ($0, Repository.text($0)) }
    }

    private func holders(of needles: [String], in kinds: [String]? = nil) -> [String] {
        texts.filter { path, _ in kinds.map { $0.contains { path.hasSuffix($0) } } ?? true }
            .flatMap { path, text in needles.filter { text.contains($0) }.map { "\(path): \($0)" } }
    }

    @Test func `nothing is left to be done later`() {
        let marks = ["TO" + "DO", "FIX" + "ME"]
        let found = holders(of: marks, in: [".swift", ".sh", ".py", ".md", "Makefile", ".conf"])
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `no text names a folder of one machine`() {
        let found = holders(of: ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"])
        #expect(found.isEmpty, "\(listed(found))")
    }

    @Test func `every shell script is well formed`() throws {
        let scripts = Repository.files.filter { $0.hasSuffix(".sh") } + [".ci/run"]
        #expect(scripts.count > 3)
        for script in scripts {
            let bash = Process()
            bash.executableURL = URL(fileURLWithPath: "/bin/bash")
            bash.arguments = ["-n", Repository.root.appendingPathComponent(script).path]
            try bash.run()
            bash.waitUntilExit()
            #expect(bash.terminationStatus == 0, "\(script)")
        }
    }

    @Test func `a recipe of the Makefile has at most 3 lines and every target says what it is for`() {
        let makefile = Repository.text("Makefile")
        let recipes = makefile.split(separator: "\n\n").filter { $0.contains("\n\t") }
        #expect(recipes.count >= 8)
        for recipe in recipes {
            #expect(recipe.split(separator: "\n").count { $0.hasPrefix("\t") } <= 3, "\(recipe)")
            #expect(recipe.contains(/^[a-z-]+:.*## \S/), "\(recipe)")
        }
    }

    @Test func `every system library of the package is installed by the script`() {
        let packages = Repository.text("Package.swift").matches(of: /apt: "([^"]+)"/).map { String($0.1) }
        #expect(packages.count >= 8)
        let list = Repository.text("deploy/scripts/dependencies.txt")
        for package in packages {
            #expect(list.contains("\nbuild    \(package) "), "\(package)")
        }
    }
}
