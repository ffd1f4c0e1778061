import Audit
import Crypto
import Directory
import HTTPServer
import Messaging
import Model
import Observability
import Platform
import SQL
import Web

/// What every service has open while it runs.
public struct ServiceHost: Sendable {
    /// The service's name in logs and in its audit chain.
    public let name: String
    /// The settings it was opened with.
    public let settings: ServiceSettings
    /// The machine's clock.
    public let clock: SystemClock
    /// The machine's randomness.
    public let random: SystemRandom
    /// The service's log.
    public let log: Log
    /// The service's numbers.
    public let metrics: Metrics
    /// The sealing keys.
    public let keyring: Keyring
    /// Hashes passwords and answers.
    public let hasher: PasswordHasher
    /// The identity stores.
    public let stores: IdentityStoreRegistry
    /// The service's data.
    public let database: any Database
    /// The service's history.
    public let audit: AuditLog
    /// The messages waiting to be sent.
    public let outbox: Outbox
    /// Sends them.
    public let worker: OutboxWorker
    private let checkpointer: Checkpointer

    /// Opens and connects everything; what cannot be opened is an error that names it.
    ///
    /// - Parameters:
    ///   - isHistorySearched: the service's history is counted for searches (`AuditSearch`).
    ///   - migrate: brings the service's database up to date.
    public static func open(
        _ name: String, _ settings: ServiceSettings, isHistorySearched: Bool = false,
        migrate: (any Database, Timestamp) async throws -> Void
    ) async throws -> ServiceHost {
        let clock = SystemClock()
        let hasher = PasswordHasher(
            memoryKiB: settings.limits[SecurityLimits.argon2MemoryKiB],
            passes: settings.limits[SecurityLimits.argon2Passes])
        let keyring = try Keyring(folder: settings.keyFolder)
        let stores = try await IdentityStoreRegistry.open(
            settings.stores, environment: StoreEnvironment(clock: clock, hasher: hasher))
        let database = try DatabaseConfiguration.openDatabase(settings.database)
        try await migrate(database, clock.now())
        return try ServiceHost(
            name, settings, isHistorySearched, clock: clock, keyring: keyring, opened: (hasher, stores, database))
    }

    private init(
        _ name: String, _ settings: ServiceSettings, _ isHistorySearched: Bool, clock: SystemClock, keyring: Keyring,
        opened: (hasher: PasswordHasher, stores: IdentityStoreRegistry, database: any Database)
    ) throws {
        self.name = name
        self.settings = settings
        self.clock = clock
        self.keyring = keyring
        (hasher, stores, database) = opened
        random = SystemRandom()
        log = Log(service: name, now: { clock.now() })
        metrics = Metrics()
        audit = AuditLog(
            service: name, isSearched: isHistorySearched, sink: settings.auditLines ? AuditLines.sink(log) : nil)
        outbox = Outbox(
            keyring: keyring, clock: clock, random: random, templates: try settings.messaging.templates(),
            smsPolicy: settings.messaging.smsPolicy(limits: settings.limits))
        worker = OutboxWorker(
            database: database, outbox: outbox, channels: try settings.messaging.channels(), log: log,
            metrics: metrics)
        checkpointer = Checkpointer(audit, database, file: settings.checkpointFile, clock: clock) {
            settings.checkpointKey
        }
    }

    /// Serves until SIGTERM or SIGINT, then drains and closes.
    ///
    /// - Parameters:
    ///   - termination: the signals.
    ///   - router: the service's routes.
    ///   - background: the service's own work beside requests; each ends when its task is canceled.
    /// - Returns: the exit code: 0 after a clean end, 1 when requests were cut off.
    public func serve<Caller>(
        until termination: TerminationSignal, _ router: Router<Caller>,
        background: [@Sendable () async -> Void]
    ) async throws -> Int32 {
        // Before the first row: a service killed within its first second has a checkpoint all the same.
        do { try await checkpointer.write() } catch { reportCheckpoint(error) }
        let server = HTTPServer(
            settings.listen, log: log, metrics: metrics, handler: { await router.respond(to: $0) })
        let port = try server.start()
        log.info("service.ready", ["address": LogValue(settings.listen.address), "port": LogValue(port)])
        let tasks = (background + standing).map { work in Task { await work() } }
        await termination.wait()
        log.info("service.draining")
        let isClean = await server.drain(deadline: .seconds(25))
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        stores.close()
        database.close()
        log.info("service.ended", ["clean": LogValue(isClean)])
        return isClean ? 0 : 1
    }

    private var standing: [@Sendable () async -> Void] {
        [
            { await worker.run() },
            { await checkpointer.run(report: reportCheckpoint) },
            {
                await HistoryRetention(
                    audit: audit, database: database, clock: clock, days: settings.historyDays, log: log
                )
                .run()
            },
        ]
    }

    private func reportCheckpoint(_ error: any Error) {
        log.error("audit.checkpoint_failed", ["error": "\(error)"])
    }
}
