import Foundation

/// The repository these tests stand in, read from disk.
enum Repository {
    /// Its top folder.
    static let root: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file, as a path from the top; what is built or made by `make run` is left out.
    static let files: [String] = {
        let top = root.path
        guard let walk = FileManager.default.enumerator(atPath: top) else { return [] }
        var found: [String] = []
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last ?? ""
            let kind = walk.fileAttributes?[.type] as? FileAttributeType
            if kind == .typeDirectory {
                if isMade(name) { walk.skipDescendants() }
            } else if !isMade(name) {
                found.append(path)
            }
        }
        return found.sorted()
    }()

    /// The sources of the product.
    static let sources: [SwiftSource] = swift(under: ["Shared/", "Services/"])

    /// The Swift tests.
    static let tests: [SwiftSource] = swift(under: ["Tests/"])

    /// A file's text; empty when there is none, which the caller's expectations then show.
    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    private static func swift(under folders: [String]) -> [SwiftSource] {
        files.filter { path in path.hasSuffix(".swift") && folders.contains { path.hasPrefix($0) } }
            .map { SwiftSource(path: $0, text: text($0)) }
    }

    private static func isMade(_ name: Substring) -> Bool {
        let folders: Set<Substring> = [
            ".git", ".build", ".venv", ".latchkey", "__pycache__", ".pytest_cache", ".hypothesis",
        ]
        return folders.contains(name) || name.hasPrefix(".build-") || name == "Package.resolved"
    }
}

/// One Swift file.
struct SwiftSource: Sendable {
    /// Its path from the top of the repository.
    let path: String
    /// The text as it stands.
    let text: String
    /// The text with comments and string contents blanked out, line for line.
    let code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = blankedCode(text)
    }

    /// Its lines, as an editor counts them.
    var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

    /// The folder's target, by the table of levels; `nil` when no target is there.
    var target: Target? { Target.all.first { path.hasPrefix($0.folder + "/") } }

    /// The modules it imports.
    var imports: [String] {
        code.matches(
            of:
                /(?m)^\s*(?:(?:@\w+|public|internal|private)\s+)*import\s+(?:(?:struct|class|enum|func|protocol|let|var|typealias)\s+)?(\w+)/
        )
        .map { String($0.1) }
    }

    /// The lines whose code matches, as `path:line: text`.
    func lines(matching pattern: some RegexComponent) -> [String] {
        guard code.contains(pattern) else { return [] }
        return zip(code.split(separator: "\n", omittingEmptySubsequences: false), 1...).compactMap { line, number in
            line.contains(pattern) ? "\(path):\(number): \(line.trimmingCharacters(in: .whitespaces))" : nil
        }
    }
}
