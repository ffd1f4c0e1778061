import Model

extension ActiveDirectoryStore {
    /// Checks a password by a bind as the account.
    ///
    /// RL-03: every call is one search and one bind. Where there is no account, or no password to send, the bind is one
    /// that cannot succeed. The domain controller's sub-code is the reason, for the audit only; a password that must be
    /// changed is let in when both the sub-code, which comes after the password was compared, and the account say so.
    public func signIn(login text: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        let login = Login(text)
        let entry = try await read { (reader) throws(LDAPFailure) -> LDAPEntry? in
            // What is no login is looked for under a name nobody can have.
            guard let name = login ?? Login("\"") else { return nil }
            return try reader.entry(of: name)
        }
        guard let entry, let guid = entry.values("objectGUID").first.flatMap({ ObjectGUID(bytes: $0) }),
            let account = AccountID(store: id, entry: guid.text)
        else {
            _ = try await verdict(on: password, of: decoyName)
            return .rejected(SignInRejection(.unknownAccount, account: nil))
        }
        guard password.count > 0 else {
            _ = try await verdict(on: password, of: decoyName)
            return .rejected(SignInRejection(.wrongPassword, account: account))
        }
        switch try await verdict(on: password, of: entry.dn) {
        case .refused(let reason): return .rejected(SignInRejection(reason, account: account))
        case .accepted: return try await accept(account, mustChange: false)
        case .mustChange: return try await accept(account, mustChange: true)
        }
    }

    /// What the directory says of a password. An empty one is a bind as nobody, which succeeds (RFC 4513 §5.1.2):
    /// another is sent in its place.
    func verdict(
        on password: Secret, of name: String, from pool: LDAPPool? = nil
    ) async throws(StoreError) -> BindVerdict {
        let sent = password.count > 0 ? password : Secret("-")
        let result: LDAPResult
        do {
            result = try await (pool ?? self.pool).bind(name, sent)
        } catch {
            throw StoreError(reading: error)
        }
        switch result.code {
        case .success: return .accepted
        case .invalidCredentials: return BindVerdict(refusal: result.message)
        default: throw .unavailable("a sign-in ended with \(result.code.rawValue)")
        }
    }

    private func accept(_ id: AccountID, mustChange: Bool) async throws(StoreError) -> SignInOutcome {
        guard let account = try await account(id) else {
            return .rejected(SignInRejection(.unknownAccount, account: nil))
        }
        guard account.mustChange || !mustChange else {
            return .rejected(SignInRejection(.wrongPassword, account: id))
        }
        return .accepted(account)
    }

    /// A name nobody has.
    private var decoyName: String { "CN=latchkey-decoy," + settings.server.base }
}
