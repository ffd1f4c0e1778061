import Model

/// The groups of accounts, upward through groups in groups; what one call has found out it does not ask again.
struct LDAPGroupLookup {
    /// No directory nests so many; a loop that our guard does not see ends here.
    private static let largest = 10_000

    let connection: LDAPConnection
    let settings: LDAPStoreSettings
    let deadline: LDAPDeadline
    private var holders: [String: [String]] = [:]

    init(_ connection: LDAPConnection, _ settings: LDAPStoreSettings, _ deadline: LDAPDeadline) {
        self.connection = connection
        self.settings = settings
        self.deadline = deadline
    }

    /// The names of all groups that hold the entry, in canonical form. Cycles end where they began.
    mutating func groups(of entry: LDAPEntry) throws(LDAPFailure) -> Set<String> {
        if settings.groups == .memberOf { holders[entry.dn] = entry.texts("memberOf") }
        var found: Set<String> = []
        var open = [entry.dn]
        while let member = open.popLast() {
            for holder in try direct(member) {
                guard let name = DistinguishedName(holder) else { throw .malformed("a group without a readable name") }
                if found.insert(name.canonical).inserted { open.append(holder) }
            }
            guard found.count <= Self.largest else { throw .malformed("\(entry.dn) is in too many groups") }
        }
        return found
    }

    /// The groups an entry is a member of itself.
    private mutating func direct(_ member: String) throws(LDAPFailure) -> [String] {
        if let known = holders[member] { return known }
        let found =
            switch settings.groups {
            case .search: try searched(member)
            case .memberOf: try read(member)
            }
        holders[member] = found
        return found
    }

    private func searched(_ member: String) throws(LDAPFailure) -> [String] {
        let filter = LDAPFilter.or(settings.schema.members.map { .equals($0, member) })
        // 1.1 asks for no attribute at all (RFC 4511 §4.5.1.8): a group can have a hundred thousand members.
        let search = LDAPSearch(base: settings.groupBase, filter: filter, attributes: ["1.1"])
        let (entries, result) = try connection.entries(search, deadline)
        guard result.code == .success else {
            throw .lost("\(connection.server): groups cannot be read: \(result.description)")
        }
        return entries.map(\.dn)
    }

    private func read(_ group: String) throws(LDAPFailure) -> [String] {
        let search = LDAPSearch(
            base: group, scope: .base, filter: .present("objectClass"), attributes: ["memberOf"])
        let (entries, result) = try connection.entries(search, deadline)
        guard [.success, .noSuchObject].contains(result.code) else {
            throw .lost("\(connection.server): the group \(group) cannot be read: \(result.description)")
        }
        return entries.flatMap { $0.texts("memberOf") }
    }
}
