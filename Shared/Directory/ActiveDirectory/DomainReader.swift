import Model

/// Reads of one call, all of them on one connection and so of one domain controller. What was looked up for one account
/// serves the others of the call.
///
/// Searches may answer with references to other domains; those have accounts of their own, and nobody follows them.
final class DomainReader {
    private let connection: LDAPConnection
    private let deadline: LDAPDeadline
    private let settings: ActiveDirectorySettings
    private var root: RootDSE?
    private var lockSpans: [String: Duration?] = [:]
    /// The groups that hold a group, by its canonical name.
    private var holders: [String: [HoldingGroup]] = [:]

    init(_ connection: LDAPConnection, settings: ActiveDirectorySettings, _ deadline: LDAPDeadline) {
        self.connection = connection
        self.settings = settings
        self.deadline = deadline
    }

    /// What the domain controller says of itself.
    func rootDSE() throws(LDAPFailure) -> RootDSE {
        if let root { return root }
        guard let entry = try entry("", RootDSE.attributes) else {
            throw .malformed("the server says nothing of itself")
        }
        let found = try RootDSE(entry)
        root = found
        return found
    }

    /// The accounts a filter of ``AccountQuery`` finds below the store's base.
    func people(_ filter: LDAPFilter) throws(LDAPFailure) -> [LDAPEntry] {
        let mark = settings.operationAttribute.map { [$0] } ?? []
        return try entries(
            LDAPSearch(base: settings.server.base, filter: filter, attributes: AccountQuery.attributes + mark))
    }

    /// Those of these entries that are accounts below the store's base.
    func people(_ ids: [ObjectGUID]) throws(LDAPFailure) -> [LDAPEntry] {
        var found: [LDAPEntry] = []
        for start in stride(from: 0, to: ids.count, by: AccountQuery.batch) {
            let batch = Array(ids[start..<min(start + AccountQuery.batch, ids.count)])
            found += try people(AccountQuery.of(batch))
        }
        return found
    }

    /// One entry; `nil` when it is not there, or may not be seen.
    func entry(
        _ name: String, _ attributes: [LDAPAttributeName], controls: [LDAPControl] = []
    ) throws(LDAPFailure) -> LDAPEntry? {
        let search = LDAPSearch(
            base: name, scope: .base, filter: .present("objectClass"), attributes: attributes, controls: controls)
        let (entries, result) = try connection.entries(search, deadline)
        if result.code == .noSuchObject { return nil }
        try expect(result)
        return entries.first
    }

    /// How long a lock of the account lasts, by the policy that holds for it; `nil` until somebody unlocks, and where
    /// the service account may not see the policy.
    func lockSpan(of account: LDAPEntry) throws(LDAPFailure) -> Duration? {
        let special = account.text("msDS-ResultantPSO")
        let policy: String
        if let special { policy = special } else { policy = try rootDSE().domain }
        if let known = lockSpans[policy] { return known }
        let attribute: LDAPAttributeName = special == nil ? "lockoutDuration" : "msDS-LockoutDuration"
        let span = try entry(policy, [attribute])?.integer(attribute).flatMap { FileTime.span($0) }
        lockSpans[policy] = .some(span)
        return span
    }

    /// The groups that hold each of the accounts, by way of other groups too and the primary group included, as
    /// canonical DNs. One search a level of nesting, however many accounts there are.
    func groups(of accounts: [LDAPEntry]) throws(LDAPFailure) -> [Set<String>] {
        let primary = try primaryGroups(of: accounts)
        var direct: [[HoldingGroup]] = []
        for account in accounts {
            let own = try holdingGroups(of: account)
            direct.append(own + (primaryGroup(of: account).flatMap { primary[$0] }.map { [$0] } ?? []))
        }
        try look(above: Array(direct.joined()))
        return direct.map { groups in
            var all: Set<String> = []
            var next = groups
            while let group = next.popLast() {
                if all.insert(group.canonical).inserted { next += holders[group.canonical] ?? [] }
            }
            return all
        }
    }

    /// Learns which groups hold these, and which hold those, until nothing new comes.
    private func look(above groups: [HoldingGroup]) throws(LDAPFailure) {
        var next = groups
        while true {
            var level: [HoldingGroup] = []
            for group in next where holders[group.canonical] == nil {
                // One that is not found, because it is of another domain or hidden, has nothing above it.
                holders[group.canonical] = []
                level.append(group)
            }
            guard !level.isEmpty else { return }
            for start in stride(from: 0, to: level.count, by: AccountQuery.batch) {
                let batch = level[start..<min(start + AccountQuery.batch, level.count)]
                try learn(.or(batch.map { .equals("distinguishedName", $0.name) }))
            }
            next = level.flatMap { holders[$0.canonical] ?? [] }
        }
    }

    /// Groups are looked for in the whole domain, not only where people are.
    @discardableResult
    private func learn(_ filter: LDAPFilter) throws(LDAPFailure) -> [SecurityIdentifier: HoldingGroup] {
        let search = LDAPSearch(base: try rootDSE().domain, filter: filter, attributes: ["objectSid", "memberOf"])
        var groups: [SecurityIdentifier: HoldingGroup] = [:]
        for entry in try entries(search) {
            let group = try HoldingGroup(entry.dn)
            holders[group.canonical] = try holdingGroups(of: entry)
            if let sid = entry.values("objectSid").first.flatMap({ SecurityIdentifier(bytes: $0) }) {
                groups[sid] = group
            }
        }
        return groups
    }

    /// The groups an entry is in by itself. An answer that was cut would hide groups, and with them protection.
    private func holdingGroups(of entry: LDAPEntry) throws(LDAPFailure) -> [HoldingGroup] {
        let isCut = entry.attributes.keys.contains { $0.hasPrefix("memberof;range=") }
        guard !isCut else { throw .malformed("an entry is in more groups than the server tells at once") }
        var groups: [HoldingGroup] = []
        for name in entry.texts("memberOf") { groups.append(try HoldingGroup(name)) }
        return groups
    }

    /// The id of the group `memberOf` leaves out.
    private func primaryGroup(of account: LDAPEntry) -> SecurityIdentifier? {
        guard let number = account.integer("primaryGroupID").flatMap({ UInt32(exactly: $0) }),
            let sid = account.values("objectSid").first
        else { return nil }
        return SecurityIdentifier(bytes: sid)?.sibling(number)
    }

    private func primaryGroups(of accounts: [LDAPEntry]) throws(LDAPFailure) -> [SecurityIdentifier: HoldingGroup] {
        let wanted = Set(accounts.compactMap(primaryGroup))
        guard !wanted.isEmpty else { return [:] }
        return try learn(.or(wanted.map { .equals("objectSid", $0.bytes) }))
    }

    private func entries(_ search: LDAPSearch) throws(LDAPFailure) -> [LDAPEntry] {
        let (entries, result) = try connection.entries(search, deadline)
        try expect(result)
        return entries
    }

    /// The same; `nil` when the answer was cut off.
    func entriesUnlessCut(_ search: LDAPSearch) throws(LDAPFailure) -> [LDAPEntry]? {
        let (entries, result) = try connection.entries(search, deadline)
        if result.code == .sizeLimitExceeded || result.code == .adminLimitExceeded { return nil }
        try expect(result)
        return entries
    }

    private func expect(_ result: LDAPResult) throws(LDAPFailure) {
        switch result.code {
        case .success, .referral: return
        case .busy, .unavailable: throw .lost("a search ended with \(result.description)")
        default: throw .malformed("a search ended with \(result.description)")
        }
    }
}

/// A group as the server names it, and as names are compared.
private struct HoldingGroup {
    let name: String
    let canonical: String

    init(_ name: String) throws(LDAPFailure) {
        guard let parsed = DistinguishedName(name) else { throw .malformed("the server names a group \(name)") }
        self.name = name
        canonical = parsed.canonical
    }
}
