import AuthAPI
import AuthClient
import Directory
import Hosting
import Model
import Observability
import Passwords
import Platform
import Web

/// The helpdesk service as a program.
public enum HelpdeskServer {
    /// The service's name in tokens, logs and its audit chain.
    public static let name = AuthNames.helpdeskService

    /// How long the service waits with its start for the index of embedded stores; what takes longer is read beside it.
    private static let longestStart = Duration.seconds(3)

    /// `latchkey-helpdesk --configuration helpdesk.json5`; answers the exit code (`ServiceProgram`).
    public static func main(_ arguments: [String]) async -> Int32 {
        await ServiceProgram.main(name, arguments, load: HelpdeskConfiguration.load, run: run)
    }

    private static func run(
        _ configuration: HelpdeskConfiguration, _ termination: TerminationSignal
    ) async throws -> Int32 {
        let host = try await ServiceHost.open(
            name, configuration.settings, isHistorySearched: true, migrate: HelpdeskMigrations.migrate)
        let collaborators = try compose(configuration, host)
        let settled = try await SettleOperations(collaborators: collaborators).run(startingUp: true)
        if settled > 0 { host.log.warning("operations.settled", ["count": LogValue(settled)]) }
        let worker = IndexWorker(collaborators: collaborators)
        let firstReading = Task { await worker.readLocalStores() }
        _ = await Deadline.wait(longestStart) { await firstReading.value }
        return try await host.serve(
            until: termination, collaborators.makeRouter(host.metrics),
            background: [
                {
                    await withTaskCancellationHandler {
                        await firstReading.value
                    } onCancel: {
                        firstReading.cancel()
                    }
                    await worker.run()
                },
                { await NoticeWorker(collaborators: collaborators).run() },
                { await Maintenance(collaborators: collaborators).run() },
                { await FeedCopy(collaborators: collaborators).run() },
            ])
    }

    private static func compose(
        _ configuration: HelpdeskConfiguration, _ host: ServiceHost
    ) throws -> Collaborators {
        var system = Collaborators.System(
            clock: host.clock, random: host.random, limits: configuration.settings.limits, log: host.log,
            numbers: DeskNumbers(host.metrics), node: configuration.nodeName)
        system.index = configuration.index
        system.enrollmentURL = configuration.enrollmentURL
        system.publicURL = configuration.publicURL
        return Collaborators(
            storage: .init(database: host.database, keyring: host.keyring, audit: host.audit),
            directory: .init(
                stores: host.stores, passwords: try passwordRules(configuration.settings.stores, host.random),
                protected: try configuration.protected.resolved(in: host.stores)),
            auth: HTTPCallerVerification(
                configuration.auth, key: configuration.signingKey, clock: host.clock, random: host.random,
                log: host.log),
            system: system, messaging: .init(outbox: host.outbox, wake: { host.worker.wake() }))
    }

    private static func passwordRules(
        _ stores: StoresConfiguration, _ random: some RandomSource
    ) throws -> PasswordRules {
        var checkers: [StoreID: PasswordChecker] = [:]
        for store in stores.stores {
            checkers[store.id] = try PasswordChecker(store.backend.passwordPolicy)
        }
        return PasswordRules(checkers: checkers, generator: PasswordGenerator(random: random))
    }
}

extension Collaborators {
    /// The routes over these collaborators.
    func makeRouter(_ metrics: Metrics) -> Router<HelpdeskCaller> {
        let gate = HelpdeskGate(collaborators: self, tokens: AccessTokenVerifier(keys: keys, clock: clock))
        return Router(
            routes: HelpdeskRoutes(collaborators: self, metrics: metrics).table, log: log, metrics: metrics,
            authorize: { try await gate.authorize($0, $1) }, problem: { HelpdeskProblems.problem(for: $0) })
    }
}
