import Crypto
import Model
import Passwords
import Platform
import SQL

/// A directory of Latchkey's own in one SQLite file. Both services open it as its clients, so it serves one host.
///
/// Every state change is one transaction of the group commit writer, which holds the file's write lock from its first
/// statement: what is read there is still true when it is written, across processes too. Passwords are hashed before
/// that, outside the writer.
public struct EmbeddedStore: IdentityStore {
    /// The store's id.
    public let id: StoreID
    /// The name people see.
    public let name: String
    /// The domain people see beside the name.
    public let domain: String
    /// Always `embedded`.
    public let kind = IdentityStoreKind.embedded
    /// It can do everything.
    public let capabilities = StoreCapabilities()

    let policy: EmbeddedStorePolicy
    let clock: any Clock
    let hasher: PasswordHasher
    let checker: PasswordChecker
    private let database: any Database

    /// Opens the file and brings its shape up to date.
    ///
    /// - Parameter creating: makes a file that is not there; services pass `false`, so that a mistyped path is an error
    ///   and no empty directory.
    /// - Throws: ``StoreError/unavailable(_:)``.
    public static func open(
        _ configuration: StoreConfiguration, settings: EmbeddedStoreSettings, environment: StoreEnvironment,
        creating: Bool = false
    ) async throws(StoreError) -> EmbeddedStore {
        do {
            let database = try SQLiteDatabase(
                path: settings.path, readers: 2, mustExist: !creating, busyDeadline: settings.busyDeadline)
            try await Migrator.migrate(database, EmbeddedMigrations.all, now: environment.clock.now())
            return EmbeddedStore(
                configuration, policy: settings.policy, environment: environment,
                checker: try PasswordChecker(settings.policy.password), database: database)
        } catch {
            throw .unavailable("The store \(configuration.id) at \(settings.path) cannot be opened: \(error)")
        }
    }

    private init(
        _ configuration: StoreConfiguration, policy: EmbeddedStorePolicy, environment: StoreEnvironment,
        checker: PasswordChecker, database: any Database
    ) {
        id = configuration.id
        name = configuration.name
        domain = configuration.domain
        self.policy = policy
        clock = environment.clock
        hasher = environment.hasher
        self.checker = checker
        self.database = database
    }

    /// Reads a path like `Staff/Berlin`.
    public func container(parsing text: String) -> Container? { ContainerPath.parse(text) }

    /// A group's name, of which there is one in a store.
    public func group(parsing text: String) -> String? { GroupName.isValid(text) ? text.lowercased() : nil }

    /// Looks for the name without regard to case.
    public func hasGroup(_ name: String) async throws(StoreError) -> Bool {
        try await read { try GroupTable.contains(name, $0) }
    }

    /// Closes the file.
    public func close() { database.close() }

    /// Runs a body that only reads.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await database.read(body)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(reading: error)
        }
    }

    /// Runs a body in a transaction that holds the file's write lock.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await database.write(body)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(writing: error)
        }
    }
}

extension StoreError {
    /// What an engine's error means where nothing was to be written.
    init(reading error: any Error) {
        switch error {
        case DatabaseError.busy: self = .unavailable("busy")
        case DatabaseError.unexpectedValue(let text): self = .malformed(text)
        default: self = .unavailable("\(error)")
        }
    }

    /// What an engine's error means where something was to be written. Only where the engine is sure that nothing was
    /// changed does this say so; the rest is settled by reading.
    init(writing error: any Error) {
        switch error {
        case DatabaseError.busy: self = .unavailable("busy")
        case DatabaseError.full(let text): self = .unavailable(text)
        case DatabaseError.constraint: self = .conflict
        case DatabaseError.unexpectedValue(let text): self = .malformed(text)
        default: self = .outcomeUnknown("\(error)")
        }
    }
}
