import Model
import Platform

extension LDAPStore {
    /// Sets a password, clears lock and failures (R13), which the server does with every administrative reset.
    ///
    /// One Modify: the password, and whether it has to be changed. A service account with `write` on the password is
    /// held to the policy, one with `manage` is not; with `write` the server does not set `pwdReset` by itself.
    ///
    /// The directory keeps no record of operations: applied twice it writes twice.
    public func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String {
        if mustChange, case .unsupported(let reason) = capabilities.mustChange { throw .unsupported(reason) }
        return try await write(entry) { (found) throws(StoreError) in
            await letSecondPass(found)
            return [.replace("userPassword", [password.copyBytes()])] + flag(mustChange)
        } explain: { result in
            guard result.code == .constraintViolation else { return LDAPRefusal.ofWrite(result) }
            return LDAPRefusal.ofPassword(PasswordPolicyAnswer(in: result.controls)?.problem)
        }
    }

    /// Clears lock and failures. Deleting the attribute makes OpenLDAP forget the failures too; replacing it by nothing
    /// would keep them, and the next wrong password would lock again.
    public func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        try await write(entry) { (found) throws(StoreError) in
            let lock: LDAPAttributeName = schema.vendor == .openLDAP ? "pwdAccountLockedTime" : "accountUnlockTime"
            // An account that is not locked stays as it is.
            return found.values(lock).isEmpty ? [] : [.delete(lock)]
        } explain: { result in
            // Somebody else, or a sign-in, was faster: it is not locked.
            result.code == .noSuchAttribute ? nil : LDAPRefusal.ofWrite(result)
        }
    }

    /// Decides by reading, and where only the password can tell, by one bind with it.
    ///
    /// The bind is tried when the password was set by somebody since. If it was somebody else, it counts as one wrong
    /// password of the owner's; the server's own rules clear that with the next right one.
    public func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement {
        guard let entry = try await entry(account), let since = LDAPCredentialVersion(version) else { return .unknown }
        let now = LDAPCredentialVersion(entry, schema)
        guard let password else {
            if now == since { return .notApplied }
            return now.changed == since.changed && now.locked == "-" ? .applied : .unknown
        }
        guard now.changed != since.changed else { return .notApplied }
        do throws(LDAPFailure) {
            let result = try await pool.bind(entry.dn, password, controls: [PasswordPolicyAnswer.request])
            return result.code == .success ? .applied : .unknown
        } catch {
            throw StoreError(reading: error)
        }
    }

    /// Finds the entry, writes it, and reads its version.
    ///
    /// The Modify goes to a DN, and a DN can come to belong to somebody else between reading and writing: where the server
    /// knows assertions (RFC 4528) it checks the id again in the same step. An entry that was moved is looked up anew.
    private func write(
        _ account: AccountID,
        changes: (LDAPEntry) async throws(StoreError) -> [LDAPModification],
        explain: (LDAPResult) -> StoreError?
    ) async throws(StoreError) -> String {
        for _ in 0..<3 {
            guard let found = try await entry(account) else { throw .notFound }
            let changes = try await changes(found)
            if changes.isEmpty { return LDAPCredentialVersion(found, schema).text }
            let result = try await send(changes, to: found.dn, of: account)
            switch result.code {
            case .success: return try await version(account)
            case .noSuchObject, .assertionFailed: continue
            default:
                if let error = explain(result) { throw error }
                return try await version(account)
            }
        }
        throw .conflict
    }

    /// Sends one Modify to a DN, for the entry of this id alone.
    func send(
        _ changes: [LDAPModification], to dn: String, of account: AccountID
    ) async throws(StoreError) -> LDAPResult {
        let isSame = LDAPFilter.equals(schema.id, account.entry)
        let features = features
        do throws(LDAPFailure) {
            return try await pool.write { (connection, deadline) throws(LDAPFailure) in
                var controls = [PasswordPolicyAnswer.request]
                let known: Set<String>
                do throws(LDAPFailure) {
                    known = try features.controls(connection, deadline)
                } catch {
                    // Only the root entry was asked for.
                    throw .notSent(error.reason)
                }
                if known.contains(LDAPConnection.assertion) { controls.append(try connection.asserting(isSame)) }
                return try connection.modify(dn, changes, controls: controls, deadline)
            }
        } catch {
            throw StoreError(writing: error)
        }
    }

    /// The version after a write that happened; that it cannot be read does not undo the write.
    private func version(_ account: AccountID) async throws(StoreError) -> String {
        do throws(StoreError) {
            if let entry = try await entry(account) { return LDAPCredentialVersion(entry, schema).text }
        } catch {
            throw .outcomeUnknown("The write happened, and the account cannot be read after it: \(error)")
        }
        throw .outcomeUnknown("The write happened, and the account is gone after it.")
    }

    private func flag(_ mustChange: Bool) -> [LDAPModification] {
        guard schema.vendor == .openLDAP else { return [] }
        return [.replace("pwdReset", mustChange ? [Array("TRUE".utf8)] : [])]
    }

    /// Waits, a second at most, until the server's time of the password can be told from the one before: it has whole
    /// seconds, and a reset in the same one could not be told from no reset (CR-04). Clocks may differ by a second.
    private func letSecondPass(_ entry: LDAPEntry) async {
        let changed = GeneralizedTime.parse(LDAPCredentialVersion(entry, schema).changed)
        guard let changed, changed + .seconds(2) > clock.now(), changed - .seconds(2) < clock.now() else { return }
        await clock.sleep(for: .milliseconds(1_050))
    }
}
