import Crypto
import Directory
import Model
import Passwords
import Platform
import SQL
import TestSupport

/// An embedded store in a temporary folder, on a clock that stands still.
final class EmbeddedTestDirectory: TestDirectory {
    let embedded: EmbeddedStore
    let clock = FixedClock()
    /// Of its own, so that a test can count its work.
    let hasher = testHasher()
    let lockAfterFailures: Int
    let folder: TemporaryFolder
    private let policy: EmbeddedStorePolicy

    var store: any IdentityStore { embedded }
    var file: String { folder.file("people.db") }

    init(
        lockAfterFailures: Int = 3, lockSeconds: Int = 900, maximumPasswordAgeDays: Int = 90
    ) async throws {
        var policy = EmbeddedStorePolicy()
        policy.lockAfterFailures = lockAfterFailures
        policy.lockDuration = .seconds(lockSeconds)
        policy.maximumPasswordAge = .seconds(86_400 * maximumPasswordAgeDays)
        self.policy = policy
        self.lockAfterFailures = lockAfterFailures
        folder = TemporaryFolder()
        embedded = try await Self.open(folder.file("people.db"), policy, clock: clock, hasher: hasher)
    }

    func end() { embedded.close() }

    /// Another handle on the same file, as the other service has one.
    func another() async throws -> EmbeddedStore {
        try await Self.open(file, policy, clock: clock, hasher: hasher)
    }

    func add(_ person: TestPerson) async throws -> AccountID {
        try await addAll([person])
        guard let account = try await store.account(login: person.login) else { throw StoreError.notFound }
        return account.id
    }

    func addAll(_ people: [TestPerson]) async throws {
        let header = [
            "login", "displayName", "firstName", "lastName", "mail", "mobile", "container", "password", "groups",
            "state",
        ]
        try await importPeople(csv([header] + people.map(record)))
    }

    private func record(_ person: TestPerson) -> [String] {
        [
            person.login, person.displayName, person.firstName, person.lastName, person.mail ?? "",
            person.mobile ?? "", person.container, person.password, person.groups.joined(separator: ";"),
            person.states.map(\.rawValue).joined(separator: ";"),
        ]
    }

    func nest(_ members: [String], in group: String) async throws {
        try await importPeople("login\n", groups: csv([["group", "memberGroup"]] + members.map { [group, $0] }))
    }

    /// Compared without regard to case, so named in lower case.
    func group(_ name: String) -> String { name.lowercased() }

    func change(_ account: AccountID, to person: TestPerson) async throws { try await addAll([person]) }

    func remove(_ account: AccountID) async throws {
        try await change("DELETE FROM accounts WHERE entry = $1", [.text(account.entry)])
    }

    @discardableResult
    func importPeople(
        _ people: String, groups: String? = nil, updatingPasswords: Bool = false
    ) async throws -> ImportReport {
        try await EmbeddedStoreImporter(embedded, random: SystemRandom()).run(
            people: ImportFile(name: "people.csv", bytes: Array(people.utf8)),
            groups: groups.map { ImportFile(name: "groups.csv", bytes: Array($0.utf8)) },
            updatingPasswords: updatingPasswords)
    }

    /// Looks into the file past the store.
    func number(_ sql: String, _ parameters: [SQLValue] = []) async throws -> Int64 {
        let database = try SQLiteDatabase(path: file, readers: 1, mustExist: true)
        defer { database.close() }
        return try await database.read { connection in
            try connection.query(sql, parameters).first.map { try $0.integer(0) } ?? 0
        }
    }

    /// Changes the file past the store.
    func change(_ sql: String, _ parameters: [SQLValue] = []) async throws {
        let database = try SQLiteDatabase(path: file, readers: 1, mustExist: true)
        defer { database.close() }
        _ = try await database.write { transaction in try transaction.execute(sql, parameters) }
    }

    /// Rows that sign-ins have written: counted failures and their decoys.
    func writtenRows() async throws -> Int64 {
        try await number("SELECT (SELECT sum(failures) FROM accounts) + (SELECT sum(attempts) FROM sign_in_decoy)")
    }

    /// Opens a store as a process does.
    static func open(
        _ path: String, _ policy: EmbeddedStorePolicy, clock: FixedClock = FixedClock(),
        hasher: PasswordHasher = testHasher(), busyDeadline: Duration = .seconds(30), creating: Bool = true
    ) async throws -> EmbeddedStore {
        let settings = EmbeddedStoreSettings(path: path, policy: policy, busyDeadline: busyDeadline)
        return try await EmbeddedStore.open(
            StoreConfiguration(
                id: testStoreID, name: "Test", domain: "test.example.org", backend: .embedded(settings)),
            settings: settings, environment: StoreEnvironment(clock: clock, hasher: hasher), creating: creating)
    }
}

/// The id of every embedded test store.
let testStoreID: StoreID = {
    guard let id = StoreID("test") else { preconditionFailure("not an id") }
    return id
}()

/// The settings of a store that is embedded.
func embeddedSettings(_ configuration: StoreConfiguration) throws -> EmbeddedStoreSettings {
    guard case .embedded(let settings) = configuration.backend else { throw StoreError.unsupported("not embedded") }
    return settings
}

/// Cheap hashes: the tests are about what is hashed and when, not about the cost of it.
func testHasher() -> PasswordHasher {
    PasswordHasher(memoryKiB: 64, passes: 1, threads: 2, maximumWaiting: 10_000)
}

/// Other parameters than ``testHasher()``.
let costlyHasher = PasswordHasher(memoryKiB: 128, passes: 2, threads: 1)

/// Records as CSV (RFC 4180), every field quoted.
func csv(_ records: [[String]]) -> String {
    records.map { fields in
        fields.map { field in
            "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        .joined(separator: ",")
    }.joined(separator: "\r\n") + "\r\n"
}
