/// Why a schema was not brought up to date; nothing was changed.
public enum MigrationError: Error, Sendable, Equatable {
    /// The list has a version twice, or below 1.
    case badVersion(Int)
    /// The step was applied with another text than it has now.
    case changed(version: Int, name: String)
    /// The database has a step this program does not know: it was written by a newer one.
    case unknown(version: Int, name: String)
    /// The step is older than one that was already applied.
    case outOfOrder(version: Int, name: String)
    /// The engine refused the step.
    case failed(version: Int, name: String, DatabaseError)
}
