import Configuration
import Model
import Platform

/// A directory that speaks LDAPv3: OpenLDAP with the password policy overlay, and servers like it.
///
/// A service account searches and writes; people sign in by binding themselves. Accounts are named by an id the server
/// never gives twice, and their DN is looked up anew before every write, so that an entry that was moved is found and one
/// that took its name is not taken for it.
public struct LDAPStore: IdentityStore {
    /// The store's id.
    public let id: StoreID
    /// The name people see.
    public let name: String
    /// The domain people see beside the name.
    public let domain: String
    /// Always `ldap`.
    public let kind = IdentityStoreKind.ldap
    /// What it can do.
    public let capabilities: StoreCapabilities

    let settings: LDAPStoreSettings
    let clock: any Clock
    let pool: LDAPPool
    let policies = LDAPPasswordPolicies()
    let features = LDAPServerFeatures()

    /// Fetches the service account's password; the servers are asked by the first call.
    ///
    /// - Throws: ``StoreError/unavailable(_:)`` when there is no password.
    static func open(
        _ configuration: StoreConfiguration, settings: LDAPStoreSettings, environment: StoreEnvironment
    ) throws(StoreError) -> LDAPStore {
        do throws(SecretError) {
            return LDAPStore(
                configuration, settings: settings, environment: environment,
                password: try settings.server.bindPassword.load())
        } catch {
            throw .unavailable("The store \(configuration.id) has no password for its service account: \(error)")
        }
    }

    private init(
        _ configuration: StoreConfiguration, settings: LDAPStoreSettings, environment: StoreEnvironment,
        password: Secret
    ) {
        id = configuration.id
        name = configuration.name
        domain = configuration.domain
        capabilities = StoreCapabilities(
            mustChange: settings.schema.vendor == .openLDAP
                ? .supported : .unsupported(reason: "The directory decides by its own policy after a reset."))
        self.settings = settings
        clock = environment.clock
        pool = LDAPPool(settings.server, password: password)
    }

    var schema: LDAPSchema { settings.schema }

    /// Reads a DN.
    public func container(parsing text: String) -> Container? { DistinguishedName(text)?.container }

    /// Reads a DN: a group's name alone can be had anywhere in the tree.
    public func group(parsing text: String) -> String? {
        guard let name = DistinguishedName(text), !name.components.isEmpty else { return nil }
        return name.canonical
    }

    /// Reads the entry of the name.
    public func hasGroup(_ name: String) async throws(StoreError) -> Bool {
        let search = LDAPSearch(base: name, scope: .base, filter: .present("objectClass"), attributes: ["1.1"])
        let (entries, result) = try await read { (connection, deadline) throws(LDAPFailure) in
            try connection.entries(search, deadline)
        }
        switch result.code {
        case .success: return !entries.isEmpty
        case .noSuchObject: return false
        default: throw .unavailable("A group cannot be looked for: \(result.description)")
        }
    }

    /// Signs in as the service account and reads the base.
    public func check() async throws(StoreError) {
        let search = LDAPSearch(
            base: settings.server.base, scope: .base, filter: .present("objectClass"), attributes: ["1.1"])
        let result = try await read { (connection, deadline) throws(LDAPFailure) in
            try connection.entries(search, deadline).result
        }
        guard result.code == .success else {
            throw .unavailable("The base \(settings.server.base) cannot be read: \(result.description)")
        }
    }

    /// Ends the connections.
    public func close() { pool.close() }

    /// Runs what only reads.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LDAPConnection, LDAPDeadline) throws(LDAPFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(LDAPFailure) {
            return try await pool.read(body)
        } catch {
            throw StoreError(reading: error)
        }
    }
}

/// What the servers of a directory can do, asked once.
final class LDAPServerFeatures: Sendable {
    private let controls = Lock<Set<String>?>(nil)

    /// The numbers of the controls the server knows (RFC 4512 §5.1).
    func controls(_ connection: LDAPConnection, _ deadline: LDAPDeadline) throws(LDAPFailure) -> Set<String> {
        if let known = controls.withLock({ $0 }) { return known }
        let search = LDAPSearch(
            base: "", scope: .base, filter: .present("objectClass"), attributes: ["supportedControl"])
        let (entries, result) = try connection.entries(search, deadline)
        guard result.code == .success, let root = entries.first else {
            throw .lost("\(connection.server): the root entry cannot be read: \(result.description)")
        }
        let found = Set(root.texts("supportedControl"))
        controls.withLock { $0 = found }
        return found
    }
}
