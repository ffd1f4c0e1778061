import Model
import Platform

extension LDAPStore {
    /// Checks a password by a bind.
    ///
    /// RL-03: whatever is wrong, the work is one search and one bind. A login that does not exist, or is ambiguous, binds
    /// as the decoy of the configuration with the password that was typed, so that the server hashes it too. The server
    /// counts wrong passwords and judges locks; its reasons come in the password policy control and go to the audit.
    public func signIn(login text: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        let login = Login(text)
        let entry = try await find(login, text)
        // An empty password would be a bind as nobody, which succeeds (RFC 4513 §5.1.2).
        guard let entry, password.count > 0 else {
            _ = try await bind(settings.decoyName ?? Self.nobody(below: settings.server.base), password)
            guard let entry else { return .rejected(SignInRejection(.unknownAccount, account: nil)) }
            return .rejected(SignInRejection(.wrongPassword, account: accountID(entry)))
        }
        let result = try await bind(entry.dn, password)
        guard let reason = try await refusal(result, of: entry) else {
            // Read again: the bind may have ended a lock.
            guard let id = accountID(entry), let account = try await account(id) else {
                return .rejected(SignInRejection(.unknownAccount, account: nil))
            }
            return .accepted(account)
        }
        return .rejected(SignInRejection(reason, account: accountID(entry)))
    }

    /// An invalid login is searched for too, and what is found does not count: the work stays the same.
    private func find(_ login: Login?, _ text: String) async throws(StoreError) -> LDAPEntry? {
        if let login { return try await entry(login: login) }
        _ = try await entries(where: .equals(schema.login, Array(text.utf8.prefix(256))))
        return nil
    }

    /// Why the directory refuses; `nil` when it does not.
    private func refusal(
        _ result: LDAPResult, of entry: LDAPEntry
    ) async throws(StoreError) -> SignInRejection.Reason? {
        let known = try await read { [self] (connection, deadline) throws(LDAPFailure) in
            try listed(entry, connection, deadline)
        }
        if known?.isDisabled == true { return .disabled }
        if known?.accountExpired == true { return .accountExpired }
        switch result.code {
        case .success: return nil
        case .invalidCredentials, .insufficientAccessRights, .unwillingToPerform, .inappropriateAuthentication: break
        default: throw .unavailable("The directory does not check passwords: \(result.description)")
        }
        switch PasswordPolicyAnswer(in: result.controls)?.problem {
        case .passwordExpired: return .passwordExpired
        case .accountLocked: return .locked
        case .changeAfterReset, .passwordModNotAllowed, .mustSupplyOldPassword, .insufficientPasswordQuality,
            .passwordTooShort, .passwordTooYoung, .passwordInHistory, .passwordTooLong, nil:
            return known?.isLocked == true ? .locked : .wrongPassword
        }
    }

    private func bind(_ dn: String, _ password: Secret) async throws(StoreError) -> LDAPResult {
        let password = password.count > 0 ? password : Secret([0])
        do throws(LDAPFailure) {
            return try await pool.bind(dn, password, controls: [PasswordPolicyAnswer.request])
        } catch {
            throw StoreError(reading: error)
        }
    }

    private func accountID(_ entry: LDAPEntry) -> AccountID? {
        entry.text(schema.id).flatMap { AccountID(store: id, entry: $0) }
    }

    /// A name nobody has.
    private static func nobody(below base: String) -> String { "cn=latchkey-decoy," + base }
}
