import Directory
import Model
import Platform

/// A directory that tells what a test says, and nothing else.
struct ToldStore: IdentityStore {
    struct Script: Sendable {
        /// The next runs, each as the store tells it.
        var runs: [[SyncEvent]] = []
        /// Ends the next run after so many events.
        var endsAfter: Int?
        /// Who is there when asked one by one.
        var accounts: [DirectoryAccount] = []
        /// The cookies runs began with.
        var cookies: [SyncCookie?] = []
        /// Called before each event.
        var before: (@Sendable (Int) async throws -> Void)?
    }

    let script = Lock(Script())
    let id: StoreID
    let name = "Told"
    let domain = "told.example.org"
    var kind = IdentityStoreKind.ldap
    let capabilities = StoreCapabilities()

    init(_ id: String = "told", kind: IdentityStoreKind = .ldap) throws {
        self.id = try required(StoreID(id))
        self.kind = kind
    }

    /// An account of the store.
    func account(_ entry: String, _ name: String, mail: String? = nil) throws -> DirectoryAccount {
        var account = DirectoryAccount(
            id: try required(AccountID(store: id, entry: entry)), login: entry, displayName: name,
            container: Container(components: ["Staff"]), credentialVersion: "1")
        let words = name.split(separator: " ")
        account.firstName = words.first.map(String.init) ?? ""
        account.lastName = words.dropFirst().joined(separator: " ")
        account.mail = mail
        return account
    }

    func synchronize(after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void) async throws {
        let (events, end, before) = script.withLock { script in
            script.cookies.append(cookie)
            defer { script.endsAfter = nil }
            return (script.runs.isEmpty ? [] : script.runs.removeFirst(), script.endsAfter, script.before)
        }
        for (number, event) in events.enumerated() {
            if number == end { throw StoreError.unavailable("cut off") }
            try await before?(number)
            try await receive(event)
        }
    }

    func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        script.withLock { $0.accounts }.filter { entries.contains($0.id) }
    }

    func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? { try await accounts([entry]).first }
    func account(login: String) async throws(StoreError) -> DirectoryAccount? { nil }
    func signIn(login: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        throw .unsupported("told")
    }
    func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String { throw .unsupported("told") }
    func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        throw .unsupported("told")
    }
    func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement { .unknown }
    func container(parsing text: String) -> Container? { nil }
    func group(parsing text: String) -> String? { nil }
    func hasGroup(_ name: String) async throws(StoreError) -> Bool { false }
    func check() async throws(StoreError) {}
}
