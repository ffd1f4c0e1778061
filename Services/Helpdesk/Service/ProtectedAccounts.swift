import Configuration
import Directory
import Model

/// The accounts the help desk never touches (OP-04): members of named groups, by way of other groups too, and service
/// accounts, those Latchkey itself binds with among them.
///
/// A group is compared as its store names it, so that a group of the same name elsewhere in the tree, or in another
/// store, protects nobody. A service account is compared by its login of this moment, without regard to case.
public struct ProtectedAccounts: Sendable {
    private let groups: [StoreID: Set<String>]
    private let logins: [StoreID: Set<String>]

    /// Nobody is protected but by rank.
    public static let none = ProtectedAccounts(groups: [:], logins: [:])

    /// Takes groups as their stores name them (``IdentityStore/group(parsing:)``), and logins.
    public init(groups: [StoreID: Set<String>], logins: [StoreID: Set<String>]) {
        self.groups = groups
        self.logins = logins.mapValues { Set($0.map { $0.lowercased() }) }
    }

    /// Groups that are not in their stores, and so protect nobody; in the order of stores and names. A store that does
    /// not answer is not asked for more: that it does not is said elsewhere.
    public func missing(in stores: IdentityStoreRegistry) async -> [MissingGroup] {
        var missing: [MissingGroup] = []
        for store in stores.all {
            for name in (groups[store.id] ?? []).sorted() {
                guard let isThere = try? await store.hasGroup(name) else { break }
                if !isThere { missing.append(MissingGroup(store: store.id, name: name)) }
            }
        }
        return missing
    }

    /// A group that protects nobody, because it is not there.
    public struct MissingGroup: Sendable, Equatable {
        /// Whose it should be.
        public let store: StoreID
        /// As its store names it.
        public let name: String
    }

    /// Whether the account is one of them.
    func hold(_ account: DirectoryAccount) -> Bool {
        let store = account.id.store
        let isMember = groups[store].map { !account.groups.isDisjoint(with: $0) } ?? false
        return isMember || logins[store]?.contains(account.login.lowercased()) ?? false
    }
}

/// `protectedGroups: [{store, group}]` and `serviceAccounts: [{store, login}]` as the configuration has them; a group is
/// text until its store reads it.
public struct ProtectedConfiguration: Sendable {
    private struct Group: Sendable {
        let store: StoreID
        let text: String
        let file: String
        let pointer: String
    }

    private let groups: [Group]
    private let logins: [StoreID: Set<String>]

    /// Reads both lists; none where the file is silent.
    init(_ reader: ConfigurationReader, stores: [StoreID]) {
        groups = reader.objects("protectedGroups").compactMap { item in
            let text = item.string("group")
            return readStore(item, stores).map {
                Group(store: $0, text: text, file: item.file, pointer: item.pointer + "/group")
            }
        }
        var logins: [StoreID: Set<String>] = [:]
        for item in reader.objects("serviceAccounts") {
            let login = item.string("login", length: 1...256)
            if let store = readStore(item, stores) { logins[store, default: []].insert(login) }
        }
        self.logins = logins
    }

    /// The accounts, with every group read by its store, which alone knows how its groups are named.
    ///
    /// - Throws: every group that is no name in its store.
    public func resolved(in stores: IdentityStoreRegistry) throws(ConfigurationFailure) -> ProtectedAccounts {
        var problems: [ConfigurationProblem] = []
        var resolved: [StoreID: Set<String>] = [:]
        for group in groups {
            if let name = stores[group.store]?.group(parsing: group.text) {
                resolved[group.store, default: []].insert(name)
            } else {
                problems.append(
                    ConfigurationProblem(
                        file: group.file, pointer: group.pointer,
                        message: "is not how the store \(group.store) names a group"))
            }
        }
        guard problems.isEmpty else { throw ConfigurationFailure(problems: problems) }
        return ProtectedAccounts(groups: resolved, logins: logins)
    }
}

private func readStore(_ reader: ConfigurationReader, _ stores: [StoreID]) -> StoreID? {
    reader.parsed("store", as: "store of stores.json5") { text in stores.first { $0.text == text } }
}
