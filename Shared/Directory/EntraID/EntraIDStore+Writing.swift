import Model
import StrictJSON

extension EntraIDStore {
    /// Sets the password profile ("Update user"), and with it the operation, where the tenant has a place for it.
    public func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String {
        guard entry.store == id, let object = ObjectID(entry.entry) else { throw .notFound }
        guard let text = password.copyText() else { throw .malformed("a password that is no text") }
        let deadline = CallDeadline(after: settings.deadline)
        guard let before = try await user(object, within: deadline) else { throw .notFound }
        if before.operation == operation.text { return before.version.text }
        var members: [JSONMember] = [
            JSONMember(
                name: "passwordProfile",
                value: .object([
                    "password": .string(text), "forceChangePasswordNextSignIn": .bool(mustChange),
                ]))
        ]
        if let attribute = settings.operationAttribute {
            members.append(JSONMember(name: attribute, value: .string(operation.text)))
        }
        let answer = try await graph.send(.change(GraphPath.user(object), .object(members)), within: deadline)
        if let error = Self.failure(of: answer, text, before) { throw error }
        return try await version(of: object, after: before, operation, within: deadline)
    }

    /// Refused: see ``StoreCapabilities/unlock`` (R5).
    public func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        guard case .unsupported(let reason) = capabilities.unlock else { throw .malformed("an unlock that is none") }
        throw .unsupported(reason)
    }

    /// Decides by the operation that stands with the user, where the tenant has a place for it; else by when the password
    /// was set and, where passwords can be checked, whose is in force.
    ///
    /// Graph may show a write a moment late, so that "nothing was written" is said only after looking for some seconds.
    public func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement {
        guard account.store == id, let object = ObjectID(account.entry), let since = EntraIDVersion(version) else {
            return .unknown
        }
        var waited = Duration.zero
        while true {
            let deadline = CallDeadline(after: settings.deadline)
            guard let user = try await user(object, within: deadline) else { return .unknown }
            if user.operation == operation.text { return .applied }
            if user.version != since {
                return try await settle(user, since, password, within: deadline)
            }
            guard waited < settings.settling else { return .notApplied }
            await graph.clock.sleep(for: Self.look)
            waited += Self.look
        }
    }

    /// Between two looks at whether a write shows.
    private static var look: Duration { .seconds(1) }

    /// Something has changed that does not carry our operation.
    private func settle(
        _ user: EntraIDUser, _ since: EntraIDVersion, _ password: Secret?, within deadline: CallDeadline
    ) async throws(StoreError) -> Settlement {
        if settings.operationAttribute != nil {
            // Ours would have left its mark together with the password: no other mark since, so it was never written.
            return user.operation == since.operation ? .notApplied : .unknown
        }
        guard capabilities.signIn.isSupported, let password else { return .unknown }
        return try await isInForce(password, of: user, within: deadline) == true ? .applied : .unknown
    }

    /// What the answer to a write says against it; `nil` when it was done.
    private static func failure(of answer: GraphAnswer, _ password: String, _ user: EntraIDUser) -> StoreError? {
        let error = answer.error
        switch answer.status {
        case 200...299: return nil
        case 400 where user.isSynchronized:
            return .unsupported(
                "This account is kept in a directory on premises: reset it there, Microsoft Entra ID follows.")
        case 400: return refusal(error, password)
        case 403:
            return .unsupported(
                "Microsoft Entra ID does not let Latchkey reset this account. Accounts with an administrator's role "
                    + "can be reset only by an application with a role above theirs.")
        case 404: return .notFound
        case 409, 412: return .conflict
        case 401, 429: return error.forReading
        default: return .outcomeUnknown("Microsoft Graph answers \(answer.status) \(error.code)")
        }
    }

    /// PW-01: Graph's own sentence, unless it is none or says more than it should.
    private static func refusal(_ error: GraphError, _ password: String) -> StoreError {
        let sentence = String(
            String.UnicodeScalarView(error.message.unicodeScalars.prefix(300).filter { !isControl($0) }))
        let isFit = !sentence.isEmpty && !sentence.contains(password)
        return .refused(
            code: "directoryPolicy",
            message: "Microsoft Entra ID refuses the password"
                + (isFit ? ": " + sentence : ": it does not meet the tenant's rules."))
    }

    /// The version after a write that has succeeded, once it shows. A write that cannot be read back has happened all the
    /// same, and is never reported as one that has not.
    private func version(
        of object: ObjectID, after before: EntraIDUser, _ operation: OperationID, within deadline: CallDeadline
    ) async throws(StoreError) -> String {
        var waited = Duration.zero
        while true {
            let found: EntraIDUser?
            do throws(StoreError) {
                found = try await user(object, within: deadline)
            } catch {
                throw .outcomeUnknown("written, but not read back: \(error)")
            }
            guard let found else { throw .outcomeUnknown("written, but gone") }
            if found.version != before.version || waited >= settings.settling || deadline.rest < Self.look {
                return found.version.text
            }
            await graph.clock.sleep(for: Self.look)
            waited += Self.look
        }
    }
}
