/// Why the database did not do what it was asked. The texts are the engine's, for logs, and hold no parameter values.
public enum DatabaseError: Error, Sendable, Equatable {
    /// The server cannot be reached, or went away. After a write it is unknown whether it took place.
    case unavailable(String)
    /// Somebody else held a lock until the deadline, or too many writes wait.
    case busy
    /// A rule of the schema refused the values: unique, foreign key, not null, check.
    case constraint(String)
    /// No room on the disk, or the disk failed. Nothing was changed.
    case full(String)
    /// The engine refused the statement: a defect of ours, or a damaged database.
    case failed(String)
    /// A value is not of the type asked for, or cannot be stored.
    case unexpectedValue(String)
}
