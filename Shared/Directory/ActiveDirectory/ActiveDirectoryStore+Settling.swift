import Model

extension ActiveDirectoryStore {
    /// Decides by the operation that stands with the account, where the directory has a place for it; else by the
    /// replication stamps and by whether the password is in force.
    ///
    /// A domain controller that took the write and went away may not have told the others. So "nothing was written" is
    /// said only after all of them were asked; while one cannot be asked, this throws `unavailable`, and is tried
    /// again.
    public func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement {
        guard let guid = guid(of: account), let since = CredentialStamps(version) else { return .unknown }
        var silence: StoreError?
        var verdicts: Set<Settlement> = []
        for pool in each {
            do throws(StoreError) {
                let found = try await read(from: pool) { (reader) throws(LDAPFailure) in
                    try reader.people([guid]).first
                }
                let verdict = try await settle(found, operation, since, password, pool)
                if verdict == .applied { return .applied }
                verdicts.insert(verdict)
            } catch {
                silence = error
            }
        }
        if let silence { throw silence }
        return verdicts == [.notApplied] ? .notApplied : .unknown
    }

    /// What one domain controller knows.
    private func settle(
        _ entry: LDAPEntry?, _ operation: OperationID, _ since: CredentialStamps, _ password: Secret?, _ pool: LDAPPool
    ) async throws(StoreError) -> Settlement {
        guard let entry else { return .unknown }
        let now = try stamps(entry)
        if let attribute = settings.operationAttribute {
            if entry.text(attribute) == operation.text { return .applied }
            // Ours would have left its mark together with the password: a lock that came or went is not ours.
            return now == since || (password != nil && now.password == since.password) ? .notApplied : .unknown
        }
        guard let password else {
            let isCleared = since.isLockSet && !now.isLockSet && now.password == since.password
            return now == since ? .notApplied : isCleared ? .applied : .unknown
        }
        guard now.password != since.password else { return .notApplied }
        let verdict = try await verdict(on: prepared(password), of: entry.dn, from: pool)
        return verdict.provesPassword == true ? .applied : .unknown
    }

    private func stamps(_ entry: LDAPEntry) throws(StoreError) -> CredentialStamps {
        do {
            return try CredentialStamps(entry)
        } catch {
            throw StoreError(reading: error)
        }
    }
}
