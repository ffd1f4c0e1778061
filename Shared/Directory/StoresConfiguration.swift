import Configuration
import Model
import Passwords

/// The identity stores of an installation, as `stores.json5` lists them.
public struct StoresConfiguration: Sendable {
    /// The stores, in the order of the file; their ids differ.
    public let stores: [StoreConfiguration]

    /// Stores that were put together by a program.
    public init(stores: [StoreConfiguration]) {
        self.stores = stores
    }

    /// Reads `{stores: [{id, name, domain, kind, …}]}`. Problems are collected in the reader; with any of them the
    /// value must not be used.
    public init(_ reader: ConfigurationReader) {
        var stores: [StoreConfiguration] = []
        for item in reader.objects("stores", count: 1...100) {
            guard let store = StoreConfiguration(item) else { continue }
            if stores.contains(where: { $0.id == store.id }) { item.report("is the id of another store too", at: "id") }
            stores.append(store)
        }
        self.stores = stores
    }
}

/// One identity store of the configuration.
public struct StoreConfiguration: Sendable {
    /// The id every account of the store carries; never changed once accounts are enrolled.
    public let id: StoreID
    /// The name people see.
    public let name: String
    /// The domain people see beside the name.
    public let domain: String
    /// What stands behind it.
    public let backend: StoreBackend

    /// Makes a store's configuration of its parts.
    public init(id: StoreID, name: String, domain: String, backend: StoreBackend) {
        self.id = id
        self.name = name
        self.domain = domain
        self.backend = backend
    }

    /// Reads one member of `stores`; `nil` when the id is none.
    init?(_ reader: ConfigurationReader) {
        let id = reader.parsed("id", as: "store id") { StoreID($0) }
        name = reader.string("name", length: 1...128)
        domain = reader.string("domain", length: 1...253)
        backend =
            switch reader.choice("kind", default: IdentityStoreKind.embedded) {
            case .embedded: .embedded(EmbeddedStoreSettings(reader))
            case .entraID: .entraID(EntraIDSettings(reader))
            case .ldap: .ldap(LDAPStoreSettings(reader))
            case .activeDirectory: .activeDirectory(ActiveDirectorySettings(reader))
            }
        guard let id else { return nil }
        self.id = id
    }
}

/// What stands behind a store, with the settings of its kind. A new kind is a case here, in ``IdentityStoreKind``, and
/// a line in ``IdentityStoreRegistry``.
public enum StoreBackend: Sendable {
    /// A database file of Latchkey's own.
    case embedded(EmbeddedStoreSettings)
    /// Microsoft Entra ID.
    case entraID(EntraIDSettings)
    /// A directory that speaks LDAPv3.
    case ldap(LDAPStoreSettings)
    /// A domain of Active Directory.
    case activeDirectory(ActiveDirectorySettings)

    /// What Latchkey wants of a new password before the directory is asked (PW-01).
    public var passwordPolicy: PasswordPolicy {
        switch self {
        case .embedded(let settings): settings.policy.password
        case .entraID(let settings): settings.password
        case .ldap(let settings): settings.server.passwordPolicy
        case .activeDirectory(let settings): settings.server.passwordPolicy
        }
    }
}
