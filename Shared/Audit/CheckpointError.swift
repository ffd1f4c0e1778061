/// Why no checkpoint was written. The last three are alarms: the database does not continue what was signed before.
public enum CheckpointError: Error, Sendable, Equatable {
    /// The file cannot be written.
    case notWritten(String)
    /// The file there cannot be read, and is not replaced.
    case unreadable(String)
    /// The file is about another service's chain.
    case otherService(String)
    /// The chain ends before the checkpoint that was signed.
    case cutTail(have: Int64, want: Int64)
    /// The row the checkpoint was signed over has another hash now.
    case rewritten(sequence: Int64)
}
