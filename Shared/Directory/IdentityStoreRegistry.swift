import Model
import Platform

/// The identity stores of this installation, in the order of `stores.json5`.
public struct IdentityStoreRegistry: Sendable {
    /// Every store, in the order of the configuration.
    public let all: [any IdentityStore]
    private let byID: [StoreID: any IdentityStore]

    /// A registry of stores that are open already. Of two with the same id the first counts.
    public init(_ stores: [any IdentityStore]) {
        all = stores
        byID = Dictionary(stores.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The store of the id; `nil` when there is none.
    public subscript(id: StoreID) -> (any IdentityStore)? { byID[id] }

    /// The store an account lives in; `nil` when it is not configured.
    public func store(of account: AccountID) -> (any IdentityStore)? { byID[account.store] }
}

extension IdentityStoreRegistry {
    /// Opens every configured store.
    ///
    /// - Parameter creating: makes the files of embedded stores that are not there; for set-up, not for services.
    /// - Throws: the error of the first store that cannot be opened; those opened before are closed.
    public static func open(
        _ configuration: StoresConfiguration, environment: StoreEnvironment, creating: Bool = false
    ) async throws(StoreError) -> IdentityStoreRegistry {
        var opened: [any IdentityStore] = []
        do throws(StoreError) {
            for store in configuration.stores {
                opened.append(try await open(store, environment: environment, creating: creating))
            }
        } catch {
            for store in opened { store.close() }
            throw error
        }
        return IdentityStoreRegistry(opened)
    }

    /// The one place that knows every kind of store.
    private static func open(
        _ store: StoreConfiguration, environment: StoreEnvironment, creating: Bool
    ) async throws(StoreError) -> any IdentityStore {
        switch store.backend {
        case .embedded(let settings):
            try await EmbeddedStore.open(store, settings: settings, environment: environment, creating: creating)
        case .entraID(let settings):
            try EntraIDStore.open(store, settings: settings, environment: environment)
        case .ldap(let settings): try LDAPStore.open(store, settings: settings, environment: environment)
        case .activeDirectory(let settings):
            try ActiveDirectoryStore.open(store, settings: settings, environment: environment)
        }
    }

    /// Closes every store.
    public func close() {
        for store in all { store.close() }
    }

    /// Asks every store side by side whether it can serve, in the order of the configuration. One that has not answered
    /// within the span cannot: whoever asks for readiness does not wait for a directory that hangs.
    public func check(within span: Duration) async -> [(id: StoreID, serves: Bool)] {
        let serving = await withTaskGroup(of: StoreID?.self) { group in
            for store in all {
                group.addTask {
                    let serves = await Deadline.wait(span) { (try? await store.check()) != nil }
                    return serves == true ? store.id : nil
                }
            }
            return await group.reduce(into: Set()) { if let id = $1 { $0.insert(id) } }
        }
        return all.map { ($0.id, serving.contains($0.id)) }
    }
}
