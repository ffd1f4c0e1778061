import Model

extension EntraIDStore {
    /// Checks a password by the resource owner password grant, where the store's settings allow that.
    ///
    /// RL-03: one question to the token endpoint and one to Graph, whoever it is about and whatever is wrong; the groups
    /// are read only of somebody who is let in.
    ///
    /// A person of whom Entra wants a second factor is refused, though the password is right: letting them in would be
    /// weaker than the tenant's own rules. A password that is temporary counts as expired in Entra's answer; where Graph
    /// says that it has to be changed, the person is let in and marked, as with other directories, and the caller
    /// decides.
    public func signIn(login: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        if case .unsupported(let reason) = capabilities.signIn { throw .unsupported(reason) }
        guard let login = principalName(login) else {
            return .rejected(SignInRejection(.unknownAccount, account: nil))
        }
        let deadline = CallDeadline(after: settings.deadline)
        // An empty password is no question Entra answers: it lacks a parameter.
        let answer: LoginEndpoint.PasswordAnswer =
            password.count == 0
            ? .refused(.emptyPassword)
            : try await endpoint.ask(login: login, password: password, within: deadline)
        let named = try await user(login: login, within: deadline)
        switch answer {
        case .granted(let id):
            // The token says whose the password is: a login can be another name of the same person.
            guard let account = try await accounts(of: [id], within: deadline).first else {
                return .rejected(SignInRejection(.unknownAccount, account: nil))
            }
            return account.isDisabled
                ? .rejected(SignInRejection(.disabled, account: account.id)) : .accepted(account)
        case .refused(let codes):
            if let named, codes.reason == .passwordExpired, named.mustChange, !named.isDisabled,
                let account = try await accounts(of: [named.id], within: deadline).first
            {
                return .accepted(account)
            }
            let account = named.flatMap { AccountID(store: id, entry: $0.id.text) }
            return .rejected(SignInRejection(account == nil ? .unknownAccount : codes.reason, account: account))
        }
    }

    /// Whether this is the password in force; `nil` when Entra does not tell.
    func isInForce(_ password: Secret, of user: EntraIDUser, within deadline: CallDeadline) async throws(StoreError)
        -> Bool?
    {
        switch try await endpoint.ask(login: user.login, password: password, within: deadline) {
        case .granted(let id): return id == user.id ? true : nil
        case .refused(let codes):
            if codes.sayThatThePasswordIsRight { return true }
            return codes.reason == .wrongPassword ? false : nil
        }
    }
}
