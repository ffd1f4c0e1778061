/// One thing that is wrong with a configuration file.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The setting (RFC 6901); empty for the file as a whole.
    public let pointer: String
    /// What is wrong, in words that say what to write instead.
    public let message: String

    /// Names a problem.
    public init(file: String, pointer: String, message: String) {
        self.file = file
        self.pointer = pointer
        self.message = message
    }

    /// `file: pointer message`, one line.
    public var description: String {
        file + ": " + (pointer.isEmpty ? "" : pointer + " ") + message
    }
}

/// The problems of one file, for all readers of its parts.
final class ProblemList {
    private struct Entry {
        let position: [Int]
        let problem: ConfigurationProblem
    }

    private var entries: [Entry] = []

    /// Adds a problem.
    ///
    /// - Parameter position: the place of the setting among its siblings, from the outermost object inwards.
    func add(_ problem: ConfigurationProblem, position: [Int]) {
        guard !entries.contains(where: { $0.problem == problem }) else { return }
        let place = entries.firstIndex { position.lexicographicallyPrecedes($0.position) } ?? entries.endIndex
        entries.insert(Entry(position: position, problem: problem), at: place)
    }

    /// In the order of the file.
    var problems: [ConfigurationProblem] { entries.map(\.problem) }
}
