import Model

extension ActiveDirectoryStore {
    /// Reads one account.
    public func account(_ entry: AccountID) async throws(StoreError) -> DirectoryAccount? {
        try await accounts([entry]).first
    }

    /// Reads the account of a login.
    public func account(login text: String) async throws(StoreError) -> DirectoryAccount? {
        guard let login = Login(text) else { return nil }
        return try await read { (reader) throws(LDAPFailure) in
            guard let entry = try reader.entry(of: login) else { return nil }
            return try accounts(of: [entry], reader).first
        }
    }

    /// Reads accounts, a hundred in a search.
    public func accounts(_ entries: [AccountID]) async throws(StoreError) -> [DirectoryAccount] {
        let ids = entries.compactMap(guid)
        guard !ids.isEmpty else { return [] }
        return try await read { (reader) throws(LDAPFailure) in
            try accounts(of: try reader.people(ids), reader)
        }
    }

    /// The accounts of entries, with what else has to be read for them.
    func accounts(of entries: [LDAPEntry], _ reader: DomainReader) throws(LDAPFailure) -> [DirectoryAccount] {
        let groups = try reader.groups(of: entries)
        let now = clock.now()
        var accounts: [DirectoryAccount] = []
        for (entry, groups) in zip(entries, groups) {
            var account = try DirectoryAccount(entry, of: id, groups: groups, now: now)
            if account.isLocked { account.lockedUntil = try reader.endOfLock(entry) }
            accounts.append(account)
        }
        return accounts
    }
}

extension DomainReader {
    /// The entry of a login; `nil` when there is none. The directory compares more loosely than we do (accents,
    /// widths), and whom a login means must not depend on that. A name with a domain that is another's login gives way
    /// to it.
    func entry(of login: Login) throws(LDAPFailure) -> LDAPEntry? {
        let found = try people(AccountQuery.of(login: login))
        let isNamed = { (entry: LDAPEntry, attribute: LDAPAttributeName) in
            entry.text(attribute)?.lowercased().utf8.elementsEqual(login.folded.utf8) == true
        }
        if let entry = found.first(where: { isNamed($0, "sAMAccountName") }) { return entry }
        let named = found.filter { isNamed($0, "userPrincipalName") }
        guard named.count < 2 else { throw .malformed("two accounts have the name \(login.text)") }
        return named.first
    }

    /// When the lock of an account lapses; `nil` when it stays until somebody unlocks.
    func endOfLock(_ entry: LDAPEntry) throws(LDAPFailure) -> Timestamp? {
        guard let span = try lockSpan(of: entry), let since = entry.integer("lockoutTime") else { return nil }
        return FileTime.timestamp(since).map { $0 + span }
    }
}
