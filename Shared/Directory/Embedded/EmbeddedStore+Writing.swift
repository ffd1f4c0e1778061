import Crypto
import Model
import Passwords
import SQL

extension EmbeddedStore {
    /// Sets a password, clears lock and failures (R13), starts its life anew.
    public func resetPassword(
        of entry: AccountID, to password: Secret, mustChange: Bool, operation: OperationID
    ) async throws(StoreError) -> String {
        let (seen, done) = try await begin(operation, on: entry)
        if let done { return done.text }
        try await check(password, for: seen)
        let hash = try await hash(prepared(password))
        return try await perform(operation, on: entry) { record, now in
            let age = policy.maximumPasswordAge
            record.password.hash = hash
            record.password.setAt = now
            record.password.expires = age > .zero ? now + age : nil
            record.password.mustChange = mustChange
        }
    }

    /// Clears lock and failures.
    public func unlock(_ entry: AccountID, operation: OperationID) async throws(StoreError) -> String {
        try await perform(operation, on: entry) { _, _ in }
    }

    /// Decides by the row every operation leaves behind.
    ///
    /// Rows are dropped after a while, and an import moves the counter without one; so "not applied" is said only when
    /// every step of the counter since the version is accounted for by another operation.
    public func settlement(
        of operation: OperationID, account: AccountID, since version: String, setting password: Secret?
    ) async throws(StoreError) -> Settlement {
        guard account.store == id else { return .unknown }
        return try await read { connection in
            let entry = account.entry
            guard let record = try AccountTable.find(entry: entry, connection) else { return .unknown }
            if try OperationTable.version(of: operation, entry: entry, connection) != nil { return .applied }
            guard let since = CredentialVersion(version), since.number <= record.version.number else {
                return .unknown
            }
            let others = try OperationTable.count(after: since.number, entry: entry, connection)
            return others == record.version.number - since.number ? .notApplied : .unknown
        }
    }

    /// What a write is decided on: the record, and the version if the operation was done before.
    private func begin(
        _ operation: OperationID, on entry: AccountID
    ) async throws(StoreError) -> (AccountRecord, CredentialVersion?) {
        guard entry.store == id else { throw .notFound }
        return try await read { connection in
            guard let record = try AccountTable.find(entry: entry.entry, connection) else {
                throw StoreError.notFound
            }
            return (record, try OperationTable.version(of: operation, entry: entry.entry, connection))
        }
    }

    /// One transaction: the change, a cleared lock, the next version, the operation's row. Done before: nothing.
    private func perform(
        _ operation: OperationID, on account: AccountID,
        change: @escaping @Sendable (inout AccountRecord, Timestamp) -> Void
    ) async throws(StoreError) -> String {
        guard account.store == id else { throw .notFound }
        let entry = account.entry
        return try await write { transaction in
            guard var record = try AccountTable.find(entry: entry, transaction) else { throw StoreError.notFound }
            if let done = try OperationTable.version(of: operation, entry: entry, transaction) { return done.text }
            let now = clock.now()
            change(&record, now)
            record.lock = LockFields()
            record.version = CredentialVersion(number: record.version.number + 1, operation: operation)
            try AccountTable.setCredential(record, transaction)
            try OperationTable.insert(
                operation, entry: entry, version: record.version.number, at: now, transaction)
            return record.version.text
        }
    }

    /// The store's password policy, its refusal in words (PW-01).
    private func check(_ password: Secret, for record: AccountRecord) async throws(StoreError) {
        let problems = await checker.check(password, personal: record.personalWords)
        guard let first = problems.first else { return }
        guard !problems.contains(.notChecked) else { throw .unavailable(PasswordProblem.notChecked.sentence) }
        throw .refused(code: first.code, message: problems.map(\.sentence).joined(separator: " "))
    }

    private func hash(_ password: Secret) async throws(StoreError) -> String {
        do {
            return try await hasher.hash(password)
        } catch {
            throw .unavailable("The password could not be hashed: \(error)")
        }
    }
}

extension AccountRecord {
    /// Words a password of this person must not be made of.
    var personalWords: [String] {
        [login.text, person.displayName, person.firstName, person.lastName, person.mail ?? ""].filter { !$0.isEmpty }
    }
}
