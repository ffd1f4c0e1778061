import Directory
import Model
import Platform

/// An embedded store that counts the writes that reached it, and fails where a test says so.
struct RecordingStore: IdentityStore {
    /// What happens instead of, or after, what was asked.
    struct Script: Sendable {
        /// Writes that reached the directory, by operation and account.
        var writes: [String] = []
        /// The next writes end like this, before anything is written.
        var failures: [StoreError] = []
        /// The next writes are made, and then end like this.
        var lostAnswers: [StoreError] = []
        /// Every reading ends like this.
        var readingFailure: StoreError?
        /// What settling says instead of reading.
        var settlement: Settlement?
        /// Called before accounts are read.
        var beforeReading: (@Sendable () async -> Void)?
    }

    let wrapped: EmbeddedStore
    let script = Lock(Script())
    var capabilities = StoreCapabilities()

    var id: StoreID { wrapped.id }
    var name: String { wrapped.name }
    var domain: String { wrapped.domain }
    var kind: IdentityStoreKind { wrapped.kind }

    init(_ wrapped: EmbeddedStore) {
        self.wrapped = wrapped
    }

    func signIn(login: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        try await wrapped.signIn(login: login, password: password)
    }

    func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? {
        if let failure = script.withLock({ $0.readingFailure }) { throw failure }
        if let hook = script.withLock({ $0.beforeReading }) { await hook() }
        return try await wrapped.account(entry)
    }

    func account(login: String) async throws(StoreError) -> DirectoryAccount? {
        try await wrapped.account(login: login)
    }

    func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        if let failure = script.withLock({ $0.readingFailure }) { throw failure }
        if let hook = script.withLock({ $0.beforeReading }) { await hook() }
        return try await wrapped.accounts(entries)
    }

    func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String {
        try failIfTold()
        let version = try await wrapped.resetPassword(
            of: entry, to: password, mustChange: mustChange, operation: operation)
        try written(entry, operation)
        return version
    }

    func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        try failIfTold()
        let version = try await wrapped.unlock(entry, operation: operation)
        try written(entry, operation)
        return version
    }

    func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement {
        if let failure = script.withLock({ $0.readingFailure }) { throw failure }
        if let told = script.withLock({ $0.settlement }) { return told }
        return try await wrapped.settlement(of: operation, account: account, since: version, setting: password)
    }

    func container(parsing text: String) -> Container? { wrapped.container(parsing: text) }

    func group(parsing text: String) -> String? { wrapped.group(parsing: text) }

    func hasGroup(_ name: String) async throws(StoreError) -> Bool {
        if let failure = script.withLock({ $0.readingFailure }) { throw failure }
        return try await wrapped.hasGroup(name)
    }

    func synchronize(after cookie: SyncCookie?, receive: @Sendable (SyncEvent) async throws -> Void) async throws {
        try await wrapped.synchronize(after: cookie, receive: receive)
    }

    func check() async throws(StoreError) {
        if let failure = script.withLock({ $0.readingFailure }) { throw failure }
        try await wrapped.check()
    }

    func close() { wrapped.close() }

    private func failIfTold() throws(StoreError) {
        if let failure = script.withLock({ $0.failures.isEmpty ? nil : $0.failures.removeFirst() }) { throw failure }
    }

    private func written(_ entry: AccountID, _ operation: OperationID) throws(StoreError) {
        let lost = script.withLock { script in
            script.writes.append("\(operation) \(entry)")
            return script.lostAnswers.isEmpty ? nil : script.lostAnswers.removeFirst()
        }
        if let lost { throw lost }
    }
}
