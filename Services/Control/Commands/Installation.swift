import Audit
import AuthService
import Configuration
import Crypto
import Directory
import HelpdeskService
import Model
import Platform
import SQL

/// One installation's folder, opened as far as a command needs it.
struct Installation {
    let folder: String

    func authConfiguration() throws(CommandError) -> AuthConfiguration {
        do throws(ConfigurationFailure) {
            return try AuthConfiguration.load(folder + "/auth.json5")
        } catch {
            throw .failed(error.problems.map(\.description))
        }
    }

    func helpdeskConfiguration() throws(CommandError) -> HelpdeskConfiguration {
        do throws(ConfigurationFailure) {
            return try HelpdeskConfiguration.load(folder + "/helpdesk.json5")
        } catch {
            throw .failed(error.problems.map(\.description))
        }
    }

    func openStores(creating: Bool = false) async throws(CommandError) -> IdentityStoreRegistry {
        let reader = ConfigurationReader(contentsOf: folder + "/stores.json5")
        let configuration = StoresConfiguration(reader)
        reader.finish()
        guard reader.problems.isEmpty else { throw .failed(reader.problems.map(\.description)) }
        let environment = StoreEnvironment(clock: SystemClock(), hasher: PasswordHasher())
        return try await attempt("the identity stores") {
            try await IdentityStoreRegistry.open(configuration, environment: environment, creating: creating)
        }
    }

    /// The auth service's database, brought up to date.
    func openAuthDatabase(_ configuration: AuthConfiguration) async throws(CommandError) -> any Database {
        try await attempt("the auth service's database") {
            let database = try DatabaseConfiguration.openDatabase(configuration.settings.database, readers: 1)
            try await AuthMigrations.migrate(database, now: SystemClock().now())
            return database
        }
    }

    /// Writes to the auth service's data and history in one transaction, then signs the history's head: rows without one
    /// would look like a history whose head was taken away.
    func writeAuth<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Transaction, AuditLog) throws -> Value
    ) async throws(CommandError) -> Value {
        let configuration = try authConfiguration()
        let settings = configuration.settings
        let database = try await openAuthDatabase(configuration)
        defer { database.close() }
        let audit = AuditLog(service: AuthServer.name)
        return try await attempt(what) {
            let value = try await database.write { transaction in
                try transaction.enlist(audit)
                return try body(transaction, audit)
            }
            try await Checkpointer(
                audit, database, file: settings.checkpointFile, clock: SystemClock(),
                key: { settings.checkpointKey }
            ).write()
            return value
        }
    }

    /// The helpdesk service's database, brought up to date.
    func openHelpdeskDatabase(_ configuration: HelpdeskConfiguration) async throws(CommandError) -> any Database {
        try await attempt("the helpdesk service's database") {
            let database = try DatabaseConfiguration.openDatabase(configuration.settings.database, readers: 1)
            try await HelpdeskMigrations.migrate(database, now: SystemClock().now())
            return database
        }
    }
}
