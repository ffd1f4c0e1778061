import Model

extension LDAPStore {
    /// Ids of one search: the filter stays below what servers and their logs take.
    private static let chunk = 200

    /// Reads one account.
    public func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? {
        try await accounts([entry]).first
    }

    /// Reads the account of a login. Logins two entries have belong to nobody.
    public func account(login: String) async throws(StoreError) -> DirectoryAccount? {
        guard let login = Login(login), let entry = try await entry(login: login) else { return nil }
        return try await accounts(of: [entry]).first
    }

    /// Reads several accounts with one search for every 200; those of other stores are left out.
    public func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        let own = entries.filter { $0.store == id }.map(\.entry)
        var found: [DirectoryAccount] = []
        var rest = own[...]
        while !rest.isEmpty {
            found += try await accounts(of: self.entries(Array(rest.prefix(Self.chunk))))
            rest = rest.dropFirst(Self.chunk)
        }
        return found
    }

    /// The entry an account is now; `nil` when it is gone.
    func entry(_ account: AccountID) async throws(StoreError) -> LDAPEntry? {
        guard account.store == id else { return nil }
        return try await entries([account.entry]).first
    }

    /// The entry of a login; `nil` when there is none, or more than one.
    ///
    /// Servers compare more loosely than people expect (spaces, width), so that what they find is compared once more.
    func entry(login: Login) async throws(StoreError) -> LDAPEntry? {
        let found = try await entries(where: .equals(schema.login, login.text))
        let same = found.filter { entry in
            entry.texts(schema.login).contains { $0.lowercased().utf8.elementsEqual(login.folded.utf8) }
        }
        return found.count == 1 ? same.first : nil
    }

    /// Accounts with their policies' facts and their groups.
    func accounts(of entries: [LDAPEntry]) async throws(StoreError) -> [DirectoryAccount] {
        guard !entries.isEmpty else { return [] }
        return try await read { [self] (connection, deadline) throws(LDAPFailure) in
            var groups = LDAPGroupLookup(connection, settings, deadline)
            var accounts: [DirectoryAccount] = []
            for entry in entries {
                guard var account = try listed(entry, connection, deadline) else { continue }
                account.groups = try groups.groups(of: entry)
                accounts.append(account)
            }
            return accounts
        }
    }

    /// An account without its groups.
    func listed(
        _ entry: LDAPEntry, _ connection: LDAPConnection, _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> DirectoryAccount? {
        let policy = try (entry.text("pwdPolicySubentry") ?? settings.defaultPolicy).flatMap {
            (dn) throws(LDAPFailure) in
            try policies.policy(dn, connection, deadline)
        }
        return LDAPAccountFacts(entry: entry, schema: schema, policy: policy).account(in: id, at: clock.now())
    }

    private func entries(_ ids: [String]) async throws(StoreError) -> [LDAPEntry] {
        try await entries(where: .or(ids.map { .equals(schema.id, $0) }))
    }

    func entries(where filter: LDAPFilter) async throws(StoreError) -> [LDAPEntry] {
        let search = LDAPSearch(
            base: settings.server.base, filter: .and([schema.isPerson, filter]), attributes: schema.accountAttributes)
        let (entries, result) = try await read { (connection, deadline) throws(LDAPFailure) in
            try connection.entries(search, deadline)
        }
        guard result.code == .success else {
            throw .unavailable("The directory does not search: \(result.description)")
        }
        return entries
    }
}
