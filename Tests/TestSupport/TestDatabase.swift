import Model
import SQL

/// A database of a test's own, empty, on either engine.
public final class TestDatabase: Sendable {
    /// The database.
    public let database: any Database
    /// How to open it once more, as another process would.
    public let configuration: DatabaseConfiguration
    private let folder: TemporaryFolder?

    /// Makes one. Throws when the engine is missing: a failure, not a reason to skip.
    public init(_ engine: Dialect) throws {
        switch engine {
        case .sqlite:
            let folder = TemporaryFolder()
            self.folder = folder
            configuration = .sqlite(path: folder.file("test.db"))
        case .postgres:
            folder = nil
            configuration = .postgres(Secret(try PostgresCluster.shared().makeDatabase()))
        }
        database = try DatabaseConfiguration.openDatabase(configuration)
    }

    deinit { database.close() }

    /// Opens the same data a second time.
    public func openAgain() throws -> any Database {
        try DatabaseConfiguration.openDatabase(configuration)
    }
}
