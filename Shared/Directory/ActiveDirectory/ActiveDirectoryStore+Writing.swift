import Model
import Platform

extension ActiveDirectoryStore {
    /// Sets `unicodePwd`, clears the lock (R13) and decides whether the owner must change the password, in one Modify
    /// by the entry's id. Where the directory has a place for it, the operation stands there from the same Modify on.
    public func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String {
        guard let value = UnicodePassword.value(of: prepared(password)) else {
            throw .refused(code: "password.not_text", message: "The password contains characters that cannot be typed.")
        }
        return try await write(operation, to: entry) { root in
            let controls = root.controls.contains(PolicyHints.id) ? [PolicyHints.request] : []
            let changes: [LDAPModification] = [
                .replace("unicodePwd", [value.copyBytes()]),
                .replace("pwdLastSet", [Array((mustChange ? "0" : "-1").utf8)]),
                .replace("lockoutTime", [Array("0".utf8)]),
            ]
            return (changes, controls)
        }
    }

    /// Clears `lockoutTime`, and with it the failures.
    public func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        try await write(operation, to: entry) { _ in ([.replace("lockoutTime", [Array("0".utf8)])], []) }
    }

    /// Looks at the account, writes it by its id, and reads the new version where it was written.
    private func write(
        _ operation: OperationID, to account: AccountID,
        changes: @escaping @Sendable (RootDSE) -> (changes: [LDAPModification], controls: [LDAPControl])
    ) async throws(StoreError) -> String {
        guard let guid = guid(of: account) else { throw .notFound }
        let (root, before) = try await read { (reader) throws(LDAPFailure) in
            (try reader.rootDSE(), try reader.people([guid]).first)
        }
        guard let before else { throw .notFound }
        if let attribute = settings.operationAttribute, before.text(attribute) == operation.text {
            return try version(before)
        }
        let mark = settings.operationAttribute.map { LDAPModification.replace($0, [Array(operation.text.utf8)]) }
        // Read right after the write, on the same domain controller: others may not have it yet.
        let version = Lock<String?>(nil)
        let result: LDAPResult
        do {
            result = try await pool.write { (connection, deadline) throws(LDAPFailure) in
                let (changes, controls) = changes(root)
                let result = try connection.modify(
                    guid.name, changes + (mark.map { [$0] } ?? []), controls: controls, deadline)
                guard result.code == .success else { return result }
                // Whatever happens to the read, the write is not to be repeated.
                let reader = DomainReader(connection, settings: settings, deadline)
                if let entry = try? reader.people([guid]).first, let stamps = try? CredentialStamps(entry) {
                    version.withLock { $0 = stamps.text }
                }
                return result
            }
        } catch {
            throw StoreError(writing: error)
        }
        try WriteRefusal.check(result)
        guard let version = version.withLock({ $0 }) else {
            throw .outcomeUnknown("the entry could not be read after the write")
        }
        return version
    }

    private func version(_ entry: LDAPEntry) throws(StoreError) -> String {
        do {
            return try CredentialStamps(entry).text
        } catch {
            throw StoreError(reading: error)
        }
    }
}
