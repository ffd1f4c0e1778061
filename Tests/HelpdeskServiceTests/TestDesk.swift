import Audit
import AuthAPI
import AuthClient
import Crypto
import Directory
import Messaging
import Model
import Observability
import Passwords
import Platform
import SQL
import StrictJSON
import TestSupport
import Web

@testable import HelpdeskService
@testable import Messaging

/// A whole helpdesk service in a temporary folder: SQLite, embedded stores, outbox, router, and a scripted auth service;
/// the clock stands still. Enrolled: anna (with a linked account in the other store) and cora. Ola is the operator.
struct TestDesk: Sendable {
    let folder: TemporaryFolder
    let clock: FixedClock
    let auth: ScriptedAuth
    let stores: [RecordingStore]
    let people: [String: AccountID]
    let keyring: Keyring
    let messages: Lock<[RenderedMessage]>
    let logs: Lock<[[UInt8]]>
    let limits: SecurityLimits
    let database: any Database
    let worker: OutboxWorker
    let collaborators: Collaborators
    let router: Router<HelpdeskCaller>

    /// The password of everybody in the test directory.
    static let password = "violet-Harbor-29-teapot"

    /// Where its people reach it.
    static let publicURL = "https://desk.example.org"

    static func open(limits: SecurityLimits = SecurityLimits()) async throws -> TestDesk {
        let folder = TemporaryFolder()
        let clock = FixedClock()
        let auth = try ScriptedAuth(clock: clock)
        let stores = try await openStores(in: folder, clock)
        try Keyring.create(folder: folder.file("keys"))
        var people: [String: AccountID] = [:]
        for (index, (_, members)) in TestPeople.stores.enumerated() {
            for member in members {
                people[member.login] = try await stores[index].account(login: member.login)?.id
            }
        }
        let ground = Ground(
            folder: folder, clock: clock, auth: auth, stores: stores, people: people,
            keyring: try Keyring(folder: folder.file("keys")), messages: Lock([]), logs: Lock([]), limits: limits)
        try enrollEverybody(ground)
        return try await TestDesk(ground, node: "desk-1", crashPoints: .none)
    }

    /// Another service on the same data, as after the end of the process.
    func restart(
        crashPoints: CrashPoints = .none, node: String = "desk-1", closing: Bool = true,
        publicURL: String? = TestDesk.publicURL
    ) async throws -> TestDesk {
        if closing { database.close() }
        let ground = Ground(
            folder: folder, clock: clock, auth: auth, stores: stores, people: people, keyring: keyring,
            messages: messages, logs: logs, limits: limits)
        return try await TestDesk(ground, node: node, crashPoints: crashPoints, publicURL: publicURL)
    }

    struct Ground: Sendable {
        let folder: TemporaryFolder
        let clock: FixedClock
        let auth: ScriptedAuth
        let stores: [RecordingStore]
        let people: [String: AccountID]
        let keyring: Keyring
        let messages: Lock<[RenderedMessage]>
        let logs: Lock<[[UInt8]]>
        let limits: SecurityLimits
    }

    private init(
        _ ground: Ground, node: String, crashPoints: CrashPoints, publicURL: String? = TestDesk.publicURL
    ) async throws {
        (folder, clock, auth, stores, people) = (ground.folder, ground.clock, ground.auth, ground.stores, ground.people)
        (keyring, messages, logs, limits) = (ground.keyring, ground.messages, ground.logs, ground.limits)
        let database = try SQLiteDatabase(path: folder.file("helpdesk.db"))
        try await HelpdeskMigrations.migrate(database, now: clock.now())
        let log = Log(
            service: "latchkey-helpdesk", minimum: .debug,
            sink: { [logs] line in logs.withLock { $0.append(line) } }, now: { [clock] in clock.now() })
        let metrics = Metrics()
        let outbox = Outbox(
            keyring: keyring, clock: clock, random: SystemRandom(), templates: try Templates(),
            smsPolicy: SMSPolicy(allowedPrefixes: ["+1"]))
        worker = OutboxWorker(
            database: database, outbox: outbox,
            channels: [.sms: RecordingChannel(.sms, messages), .email: RecordingChannel(.email, messages)], log: log,
            metrics: metrics)
        var system = Collaborators.System(
            clock: clock, random: SystemRandom(), limits: limits, log: log, numbers: DeskNumbers(metrics), node: node)
        system.crashPoints = crashPoints
        system.enrollmentURL = "https://enroll.example.org/"
        system.publicURL = publicURL
        let checker = try PasswordChecker(PasswordPolicy())
        collaborators = Collaborators(
            storage: .init(
                database: database, keyring: keyring, audit: AuditLog(service: "latchkey-helpdesk", isSearched: true)),
            directory: .init(
                stores: IdentityStoreRegistry(stores),
                passwords: PasswordRules(
                    checkers: Dictionary(uniqueKeysWithValues: stores.map { ($0.id, checker) }),
                    generator: PasswordGenerator()),
                protected: ProtectedAccounts(
                    groups: [stores[0].id: ["board"]], logins: [stores[0].id: ["Svc-Backup"]])),
            auth: auth, system: system, messaging: .init(outbox: outbox, wake: {}))
        self.database = database
        router = collaborators.makeRouter(metrics)
        await IndexWorker(collaborators: collaborators).readLocalStores()
    }

    private static func openStores(in folder: TemporaryFolder, _ clock: FixedClock) async throws -> [RecordingStore] {
        let hasher = PasswordHasher(memoryKiB: 64, passes: 1, threads: 2, maximumWaiting: 10_000)
        var stores: [RecordingStore] = []
        for (name, people) in TestPeople.stores {
            let settings = EmbeddedStoreSettings(
                path: folder.file(name + ".db"), policy: EmbeddedStorePolicy(), busyDeadline: .seconds(30))
            let configuration = StoreConfiguration(
                id: try required(StoreID(name)), name: name, domain: name + ".example.org",
                backend: .embedded(settings))
            let store = try await EmbeddedStore.open(
                configuration, settings: settings, environment: StoreEnvironment(clock: clock, hasher: hasher),
                creating: true)
            _ = try await EmbeddedStoreImporter(store, random: SystemRandom()).run(
                people: ImportFile(name: "people.csv", bytes: Array(TestPeople.csv(people).utf8)))
            stores.append(RecordingStore(store))
        }
        return stores
    }

    private static func enrollEverybody(_ ground: Ground) throws {
        let scope = Set(ground.stores.map(\.id))
        let anna = try required(ground.people["anna"])
        let linked = try required(ground.people["anna.b"])
        let address = Contact(
            id: try required(ContactID("enrolled-mail")), channel: .email, source: .enrolled,
            address: "anna.private@example.org", changedAt: ground.clock.now() - .seconds(600))
        ground.auth.change { script in
            for (login, account) in ground.people {
                let isAnna = login.hasPrefix("anna")
                script.people[account] = AccountEnrollments(
                    account: account, master: isAnna ? anna : account,
                    samePerson: isAnna ? [anna, linked] : [account],
                    types: isAnna ? [.email] : login == "cora" ? [.email, .securityQuestions] : [],
                    operatorRank: ["ola": 10, "pia": 10, "ada": 1][login])
            }
            script.contacts[anna] = [address]
            for login in ["ola", "pia", "ada"] {
                guard let account = ground.people[login] else { continue }
                script.desks[account] = ScriptedAuth.Desk(scope: scope, rank: login == "ada" ? 1 : 10)
            }
        }
    }
}

/// A value that a test's own set-up must have.
func required<Value>(_ value: Value?, _ what: String = "a value of the set-up") throws -> Value {
    guard let value else { throw ProgramError.neverHappened(what) }
    return value
}

/// A channel that keeps what it is given; its copies share one list.
struct RecordingChannel: MessageChannel {
    let kind: MessageChannelKind
    private let list: Lock<[RenderedMessage]>

    init(_ kind: MessageChannelKind, _ list: Lock<[RenderedMessage]>) {
        self.kind = kind
        self.list = list
    }

    func deliver(_ message: RenderedMessage) async throws(DeliveryError) {
        list.withLock { $0.append(message) }
    }
}
