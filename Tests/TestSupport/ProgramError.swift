/// Why a program of a test did not do what it should.
public enum ProgramError: Error, Sendable, Equatable {
    /// It could not be started: a test program is missing, which is a failure and not a reason to skip.
    case notStarted(program: String, errno: Int32)
    /// It was still running at the deadline and was killed.
    case deadline(program: String, output: String)
    /// It ended with another status than 0.
    case failed(program: String, status: Int32, output: String)
    /// Something did not become true until the deadline.
    case neverHappened(String)
}
