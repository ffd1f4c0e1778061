import Model
import StrictJSON

extension EntraIDStore {
    /// Reads one account.
    public func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? {
        try await accounts([entry]).first
    }

    /// Reads the account of a user principal name; one without a domain is of the store's.
    public func account(login: String) async throws(StoreError) -> DirectoryAccount? {
        guard let login = principalName(login) else { return nil }
        let deadline = CallDeadline(after: settings.deadline)
        guard let user = try await user(login: login, within: deadline) else { return nil }
        return try await accounts(of: [user.id], within: deadline).first
    }

    /// Reads accounts by batches, ten in each.
    public func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        let own = entries.filter { $0.store == id }.compactMap { ObjectID($0.entry) }
        return try await accounts(of: own, within: CallDeadline(after: settings.deadline))
    }

    /// Two requests an account, the user and the groups, as many accounts as go into a batch.
    func accounts(of ids: [ObjectID], within deadline: CallDeadline) async throws(StoreError) -> [DirectoryAccount] {
        guard !ids.isEmpty else { return [] }
        let properties = EntraIDUser.properties(settings)
        var accounts: [DirectoryAccount] = []
        var rest = ids[...]
        while !rest.isEmpty {
            let some = rest.prefix(GraphClient.batchSize / 2)
            rest = rest.dropFirst(some.count)
            let requests = some.flatMap { id -> [GraphRequest] in
                [
                    .get(GraphPath.user(id, selecting: properties)),
                    .ask(GraphPath.memberGroups(of: id), .object(["securityEnabledOnly": false])),
                ]
            }
            let answers = try await graph.batch(requests, within: deadline)
            let known = await domains.domains(within: deadline)
            for first in stride(from: 0, to: answers.count - 1, by: 2) {
                guard let found = try self.user(answers[first]), let groups = try Self.groups(answers[first + 1])
                else { continue }
                accounts.append(try found.account(in: id, groups: groups, domains: known))
            }
        }
        return accounts
    }

    /// The user of a login, by an exact match.
    func user(login: String, within deadline: CallDeadline) async throws(StoreError) -> EntraIDUser? {
        let path = GraphPath.users(login: login, selecting: EntraIDUser.properties(settings))
        let page = try GraphPage(try await graph.read(.get(path), within: deadline), of: graph.url)
        guard let first = page.values.first else { return nil }
        guard page.values.count == 1 else { throw .malformed("Microsoft Graph finds several users of one login") }
        return try EntraIDUser(first, settings: settings)
    }

    /// The user of an id, without groups.
    func user(_ id: ObjectID, within deadline: CallDeadline) async throws(StoreError) -> EntraIDUser? {
        let path = GraphPath.user(id, selecting: EntraIDUser.properties(settings))
        guard let found = try await graph.read(.get(path), within: deadline) else { return nil }
        return try EntraIDUser(found, settings: settings)
    }

    /// A login as Entra writes it; `nil` for one that is none.
    func principalName(_ text: String) -> String? {
        guard let login = Login(text) else { return nil }
        return login.text.utf8.contains(UInt8(ascii: "@")) ? login.text : "\(login.text)@\(domain)"
    }

    private func user(_ answer: GraphAnswer) throws(StoreError) -> EntraIDUser? {
        switch answer.status {
        case 200...299:
            guard let body = answer.body else { throw .malformed("a user without a body") }
            return try EntraIDUser(body, settings: settings)
        case 404: return nil
        default: throw answer.error.forReading
        }
    }

    /// Object ids of the groups somebody is in, by way of other groups too ("directoryObject: getMemberGroups"). Anything
    /// but the whole list is an error: who is not known to be in no protected group is protected (OP-04).
    private static func groups(_ answer: GraphAnswer) throws(StoreError) -> Set<String>? {
        switch answer.status {
        case 200...299:
            guard let values = answer.body?["value"]?.arrayValue else { throw .malformed("groups that are no list") }
            let groups = values.compactMap { $0.stringValue.flatMap { ObjectID($0)?.text } }
            guard groups.count == values.count else { throw .malformed("a group without an object id") }
            return Set(groups)
        case 404: return nil
        default: throw answer.error.forReading
        }
    }
}
