import Directory
import Model
import Testing

/// A directory the conformance suite can arrange: what a test needs beyond the face every store shows.
///
/// A new kind of store gets a conformance to this, a case in ``TestDirectoryKind``, and nothing else: every test of the
/// suite then runs on it.
protocol TestDirectory: Sendable {
    /// The store under test.
    var store: any IdentityStore { get }
    /// Wrong passwords in a row that lock an account of this directory; 2 or more.
    var lockAfterFailures: Int { get }
    /// States nobody can be put into here, each with its reason.
    var lacking: [TestPerson.State: String] { get }
    /// Whether the directory keeps a record of operations, so that one applied twice writes once.
    var remembersOperations: Bool { get }
    /// Groups everybody is in, by the directory's own doing.
    var groupsOfEverybody: Set<String> { get }

    /// Puts a person into the directory and answers the entry.
    func add(_ person: TestPerson) async throws -> AccountID
    /// Makes groups members of a group, and of no other that is not named.
    func nest(_ members: [String], in group: String) async throws
    /// Gives an entry the names, addresses and container of the person; its login stays.
    func change(_ account: AccountID, to person: TestPerson) async throws
    /// Deletes an entry.
    func remove(_ account: AccountID) async throws
    /// How the store writes a container that the suite writes with slashes.
    func container(_ path: String) -> String
    /// How the store tells the login that the suite calls so.
    func login(_ name: String) -> String
    /// How the store names a group that the suite calls so.
    func group(_ name: String) -> String
    /// Stops it; every test says so with `defer`, which also keeps the directory alive until then.
    func end()
}

/// The kinds of directory the suite runs on.
enum TestDirectoryKind: String, CaseIterable, Sendable {
    case embedded
    case entraID
    case ldap
    case activeDirectory

    /// An empty directory of a test's own.
    func start() async throws -> any TestDirectory {
        switch self {
        case .embedded: try await EmbeddedTestDirectory()
        case .entraID: try await GraphTestDirectory()
        case .ldap: try await LDAPTestDirectory.start()
        case .activeDirectory: try await ActiveDirectoryTestDirectory()
        }
    }
}

/// Somebody in a test directory.
struct TestPerson: Sendable {
    /// A state an administrator can put an account into.
    enum State: String, Sendable {
        case locked
        case expired
        case neverExpires
        case mustChange
        case disabled
        case accountExpired
    }

    var login: String
    var displayName: String
    var firstName = ""
    var lastName = ""
    var mail: String?
    var mobile: String?
    /// With slashes, whatever the kind of store writes.
    var container = ""
    var groups: [String] = []
    var password = Self.rightPassword
    var states: [State] = []

    init(_ login: String, _ displayName: String? = nil, states: [State] = []) {
        self.login = login
        self.displayName = displayName ?? login
        self.states = states
    }

    /// Good under every password policy of the test directories; so are the others. They are used nowhere else.
    static let rightPassword = "Test-only-quartz-4711!"
    static let otherPassword = "Test-only-basalt-0815!"
    static let thirdPassword = "Test-only-gneiss-2342!"
}

extension TestDirectory {
    var lacking: [TestPerson.State: String] { [:] }

    var remembersOperations: Bool { true }

    var groupsOfEverybody: Set<String> { [] }

    func login(_ name: String) -> String { name }

    func container(_ path: String) -> String { path }

    func group(_ name: String) -> String { name }

    /// Signs in and answers the reason of a refusal; `nil` when accepted.
    func refusal(
        _ login: String, _ password: String = TestPerson.rightPassword
    ) async throws -> SignInRejection.Reason? {
        try await store.signIn(login: login, password: Secret(password)).rejectedBecause?.reason
    }

    /// The account, which has to be there.
    func read(_ account: AccountID) async throws -> DirectoryAccount {
        guard let found = try await store.account(account) else { throw StoreError.notFound }
        return found
    }

    /// Enters so many wrong passwords, each another one: some directories do not count the same one twice.
    func enterWrong(_ login: String, _ count: Int) async throws {
        for number in 0..<count { _ = try await refusal(login, "wrong \(number)") }
    }

    /// Enters wrong passwords until the directory locks.
    func lock(_ login: String) async throws { try await enterWrong(login, lockAfterFailures) }

    /// Expects that an unlock is refused with the reason the store declares, and tells whether it was declared.
    func refusesToUnlock(_ account: AccountID) async throws -> Bool {
        guard case .unsupported(let reason) = store.capabilities.unlock else { return false }
        #expect(reason.contains(" "))
        await #expect(throws: StoreError.unsupported(reason)) {
            try await store.unlock(account, operation: operationID("op-unlock"))
        }
        return true
    }

    /// Sets ``TestPerson/otherPassword``.
    @discardableResult
    func reset(
        _ account: AccountID, to password: String = TestPerson.otherPassword, mustChange: Bool = false,
        _ operation: String = "op-reset"
    ) async throws -> String {
        try await store.resetPassword(
            of: account, to: Secret(password), mustChange: mustChange, operation: operationID(operation))
    }
}

/// What an interrupted reset of the suite was to set.
let settled = Secret(TestPerson.otherPassword)

/// An operation's id.
func operationID(_ text: String) -> OperationID {
    guard let id = OperationID(text) else { preconditionFailure("not an id: \(text)") }
    return id
}
