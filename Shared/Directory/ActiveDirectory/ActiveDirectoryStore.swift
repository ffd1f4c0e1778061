import Model
import Platform

/// One domain of Active Directory, by LDAP (MS-ADTS).
///
/// Accounts are named by `objectGUID`, and written to by it: moving and renaming change nothing. There is no record of
/// operations in such a directory: what an interrupted write has done is told by an attribute the operator sets aside
/// for it, or else by the replication stamps of the password and of the lock, which every domain controller has, and by
/// whether the password is in force (CR-04).
public struct ActiveDirectoryStore: IdentityStore {
    /// The store's id.
    public let id: StoreID
    /// The name people see.
    public let name: String
    /// The domain people see beside the name.
    public let domain: String
    /// Always `activeDirectory`.
    public let kind = IdentityStoreKind.activeDirectory
    /// It can do everything.
    public let capabilities = StoreCapabilities()

    let settings: ActiveDirectorySettings
    let pool: LDAPPool
    /// One pool for each domain controller where there are several: what one has not been told yet another knows.
    let each: [LDAPPool]
    let clock: any Clock
    /// Entries of one answer about changes.
    let answerSize: Int32

    /// Reads the service account's password; connects with the first call, so that a service starts while the directory
    /// is down.
    ///
    /// - Throws: ``StoreError/unavailable(_:)`` when the password cannot be read.
    static func open(
        _ configuration: StoreConfiguration, settings: ActiveDirectorySettings, environment: StoreEnvironment,
        answerSize: Int32 = ChangeWindow.usual
    ) throws(StoreError) -> ActiveDirectoryStore {
        let password: Secret
        do {
            password = try settings.server.bindPassword.load()
        } catch {
            throw .unavailable("The password of the service account of \(configuration.id) cannot be read: \(error)")
        }
        return ActiveDirectoryStore(
            configuration, settings: settings, password: password, clock: environment.clock, answerSize: answerSize)
    }

    private init(
        _ configuration: StoreConfiguration, settings: ActiveDirectorySettings, password: Secret, clock: any Clock,
        answerSize: Int32
    ) {
        id = configuration.id
        name = configuration.name
        domain = configuration.domain
        self.settings = settings
        self.clock = clock
        self.answerSize = answerSize
        pool = LDAPPool(settings.server, password: password)
        each =
            settings.server.servers.count == 1
            ? [pool] : settings.server.servers.map { LDAPPool(settings.server.only($0), password: password) }
    }

    /// Reads a DN.
    public func container(parsing text: String) -> Container? { name(parsing: text)?.container }

    /// Reads a DN: names of groups can be had twice in a domain.
    public func group(parsing text: String) -> String? { name(parsing: text)?.canonical }

    /// A DN without empty components, which Active Directory has none of.
    private func name(parsing text: String) -> DistinguishedName? {
        guard let name = DistinguishedName(text), !name.components.isEmpty,
            name.components.allSatisfy({ $0.allSatisfy { !$0.value.isEmpty } })
        else { return nil }
        return name
    }

    /// Reads the entry of the name.
    public func hasGroup(_ name: String) async throws(StoreError) -> Bool {
        try await read { (reader) throws(LDAPFailure) in
            try reader.entry(name, ["objectClass"])?.texts("objectClass").contains { $0.lowercased() == "group" }
                ?? false
        }
    }

    /// Whether a domain controller answers, lets the service account in and shows it the place of the accounts.
    public func check() async throws(StoreError) {
        try await read { (reader) throws(LDAPFailure) in
            _ = try reader.rootDSE()
            guard try reader.entry(settings.server.base, ["objectClass"]) != nil else {
                throw .malformed("there is no \(settings.server.base), or the service account may not see it")
            }
        }
    }

    /// Ends the connections.
    public func close() {
        pool.close()
        for pool in each { pool.close() }
    }

    /// Runs what only reads, all of it on one domain controller.
    func read<Value: Sendable>(
        from pool: LDAPPool? = nil, _ body: @escaping @Sendable (DomainReader) throws(LDAPFailure) -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await (pool ?? self.pool).read { [settings] (connection, deadline) throws(LDAPFailure) in
                try body(DomainReader(connection, settings: settings, deadline))
            }
        } catch {
            throw StoreError(reading: error)
        }
    }

    /// What an account's id stands for here; `nil` for another store's and for one that cannot be an entry's.
    func guid(of account: AccountID) -> ObjectGUID? {
        account.store == id ? ObjectGUID(account.entry) : nil
    }
}
