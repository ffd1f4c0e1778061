import AuthAPI
import Hosting
import Platform

/// The auth service as a program.
public enum AuthServer {
    /// The service's name in tokens, logs and its audit chain.
    public static let name = AuthNames.authService

    /// `latchkey-auth --configuration auth.json5`; answers the exit code (`ServiceProgram`).
    public static func main(_ arguments: [String]) async -> Int32 {
        await ServiceProgram.main(name, arguments, load: AuthConfiguration.load, run: run)
    }

    private static func run(
        _ configuration: AuthConfiguration, _ termination: TerminationSignal
    ) async throws -> Int32 {
        let host = try await ServiceHost.open(name, configuration.settings, migrate: AuthMigrations.migrate)
        try await SeedPolicies(
            database: host.database, audit: host.audit, stores: host.stores, clock: host.clock
        ).run(configuration)
        let collaborators = try await compose(configuration, host)
        let maintenance = Maintenance(collaborators: collaborators)
        try await maintenance.rotateKeys()
        try await maintenance.reloadKeys()
        let router = AuthRoutes.router(
            collaborators, helpdeskKeys: configuration.helpdeskKeys, issuer: configuration.settings.messaging.product,
            metrics: host.metrics)
        return try await host.serve(until: termination, router, background: [{ await maintenance.run() }])
    }

    private static func compose(
        _ configuration: AuthConfiguration, _ host: ServiceHost
    ) async throws -> Collaborators {
        let limits = configuration.settings.limits
        let roles = RolesInForce(host.database, stores: host.stores)
        // Read now: roles that cannot be understood keep the service from starting, as the file's would.
        _ = try await roles.current()
        return Collaborators(
            storage: .init(
                database: host.database, keyring: host.keyring, audit: host.audit, hasher: host.hasher),
            directory: .init(
                stores: host.stores, roles: roles),
            system: .init(clock: host.clock, random: host.random, limits: limits, log: host.log),
            messaging: .init(outbox: host.outbox, wake: { host.worker.wake() }),
            tokens: TokenIssuer(keyring: host.keyring, limits: limits))
    }
}
