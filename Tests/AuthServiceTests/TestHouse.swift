import Audit
import Crypto
import Directory
import Model
import Observability
import Platform
import SQL
import StrictJSON
import TestSupport
import Web

@testable import AuthService
@testable import Messaging

/// A whole auth service in a temporary folder: SQLite, embedded stores, outbox, router; the clock stands still.
///
/// `run(roles:)` and the like make another service on the same data, as a restart or a replica would.
struct TestHouse: Sendable {
    let folder: TemporaryFolder
    let clock: FixedClock
    let random: any RandomSource
    let hasher: PasswordHasher
    let stores: IdentityStoreRegistry
    let database: any Database
    let keyring: Keyring
    let audit: AuditLog
    let outbox: Outbox
    let worker: OutboxWorker
    let messages: Lock<[RenderedMessage]>
    let logs: Lock<[[UInt8]]>
    let log: Log
    let limits: SecurityLimits
    let helpdeskKey: SigningKey
    /// The service's own key, for forgeries that are signed right and say something wrong.
    let signingKey: SigningKey
    var questions: QuestionPool
    var collaborators: Collaborators
    var router: Router<AuthCaller>

    /// The password of everybody in the test directory.
    static let password = "violet-Harbor-29-teapot"

    static func open(
        roles: [Role] = TestRoles.all, limits: SecurityLimits = SecurityLimits(),
        questions: QuestionPool = .standard, random: any RandomSource = SystemRandom()
    ) async throws -> TestHouse {
        let folder = TemporaryFolder()
        let clock = FixedClock()
        let hasher = PasswordHasher(memoryKiB: 64, passes: 1, threads: 2, maximumWaiting: 10_000)
        let stores = try await openStores(in: folder, clock, hasher)
        let database = try SQLiteDatabase(path: folder.file("auth.db"))
        try await AuthMigrations.migrate(database, now: clock.now())
        try Keyring.create(folder: folder.file("keys"))
        let keyring = try Keyring(folder: folder.file("keys"))
        let audit = AuditLog(service: "latchkey-auth")
        let logs = Lock<[[UInt8]]>([])
        let log = Log(
            service: "latchkey-auth", minimum: .debug, sink: { line in logs.withLock { $0.append(line) } },
            now: { clock.now() })
        let outbox = Outbox(
            keyring: keyring, clock: clock, random: random, templates: try Templates(),
            smsPolicy: SMSPolicy(allowedPrefixes: ["+1"]))
        let messages = Lock<[RenderedMessage]>([])
        let worker = OutboxWorker(
            database: database, outbox: outbox,
            channels: [.sms: RecordingChannel(.sms, messages), .email: RecordingChannel(.email, messages)], log: log,
            metrics: Metrics())
        _ = try await SigningKeys.rotate(in: database, keyring: keyring, audit: audit, at: clock.now())
        let collaborators = Collaborators(
            storage: .init(database: database, keyring: keyring, audit: audit, hasher: hasher),
            directory: .init(stores: stores, roles: RolesInForce(database, stores: stores)),
            system: .init(clock: clock, random: random, limits: limits, log: log),
            messaging: .init(outbox: outbox, wake: {}), tokens: TokenIssuer(keyring: keyring, limits: limits))
        try await collaborators.tokens.reload(from: database, at: clock.now())
        let key = try SigningKey.generate()
        let own = try await database.read { try required(try SigningKeyStore.all($0).first) }
        let signingKey = try SigningKey(pkcs8: keyring.open(own.sealed, context: StoredSigningKey.context(own.kid)))
        try await database.write { try Self.put(roles: roles, questions: questions, $0) }
        return TestHouse(
            folder: folder, clock: clock, random: random, hasher: hasher, stores: stores, database: database,
            keyring: keyring, audit: audit, outbox: outbox, worker: worker, messages: messages, logs: logs, log: log,
            limits: limits, helpdeskKey: key, signingKey: signingKey, questions: questions,
            collaborators: collaborators,
            router: AuthRoutes.router(
                collaborators, helpdeskKeys: [key.publicKey], issuer: "Latchkey", metrics: Metrics()))
    }

    /// The same service after its roles or questions were changed, with other stores, or on another handle of the
    /// database; tokens stay good.
    func run(
        roles: [Role]? = nil, questions: QuestionPool? = nil, stores: IdentityStoreRegistry? = nil,
        database: (any Database)? = nil
    ) async throws -> TestHouse {
        var other = self
        if let questions { other.questions = questions }
        try await (database ?? self.database).write { try Self.put(roles: roles, questions: questions, $0) }
        let stores = stores ?? self.stores
        other.collaborators = Collaborators(
            storage: .init(
                database: database ?? self.database, keyring: keyring,
                audit: database == nil ? audit : AuditLog(service: "latchkey-auth"), hasher: hasher),
            directory: .init(
                stores: stores, roles: RolesInForce(database ?? self.database, stores: stores)),
            system: .init(clock: clock, random: random, limits: limits, log: log),
            messaging: .init(outbox: outbox, wake: {}), tokens: TokenIssuer(keyring: keyring, limits: limits))
        try await other.collaborators.tokens.reload(from: other.collaborators.database, at: clock.now())
        other.router = AuthRoutes.router(
            other.collaborators, helpdeskKeys: [helpdeskKey.publicKey], issuer: "Latchkey", metrics: Metrics())
        return other
    }

    /// Puts roles and questions in the place of those there are.
    private static func put(
        roles: [Role]?, questions: QuestionPool?, _ transaction: Transaction
    ) throws {
        if let roles {
            _ = try transaction.execute("DELETE FROM roles")
            let revision = try RoleStore.raiseRevision(transaction)
            for role in roles { try RoleStore.save(RoleConfiguration(role), revision: revision, transaction) }
        }
        if let questions {
            _ = try transaction.execute("UPDATE questions SET removed_at = 0")
            for (position, question) in questions.all.enumerated() {
                try QuestionStore.save(question, at: position, transaction)
            }
        }
    }

    private static func openStores(
        in folder: TemporaryFolder, _ clock: FixedClock, _ hasher: PasswordHasher
    ) async throws -> IdentityStoreRegistry {
        var stores: [any IdentityStore] = []
        for (name, people) in TestPeople.stores {
            let settings = EmbeddedStoreSettings(
                path: folder.file(name + ".db"), policy: EmbeddedStorePolicy(), busyDeadline: .seconds(30))
            let configuration = StoreConfiguration(
                id: try required(StoreID(name)), name: name, domain: name + ".example.org", backend: .embedded(settings)
            )
            let store = try await EmbeddedStore.open(
                configuration, settings: settings, environment: StoreEnvironment(clock: clock, hasher: hasher),
                creating: true)
            _ = try await EmbeddedStoreImporter(store, random: SystemRandom()).run(
                people: ImportFile(name: "people.csv", bytes: Array(TestPeople.csv(people).utf8)))
            stores.append(store)
        }
        return IdentityStoreRegistry(stores)
    }
}

/// A value that a test's own set-up must have.
func required<Value>(_ value: Value?, _ what: String = "a value of the set-up") throws -> Value {
    guard let value else { throw ProgramError.neverHappened(what) }
    return value
}
