/// Every problem of a program's configuration; nothing was started.
public struct ConfigurationFailure: Error, Sendable {
    /// The problems, each with its file and path.
    public let problems: [ConfigurationProblem]

    /// A failure with its problems.
    public init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }
}
