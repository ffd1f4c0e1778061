import Crypto
import Model
import SQL

extension EmbeddedStore {
    /// Checks a password.
    ///
    /// RL-03: whatever is wrong, the work is one Argon2id hash, one read and one transaction with one written row, for
    /// a login that does not exist too. The hash is computed between a read and a transaction; if the password was
    /// changed in between, the new one is compared, so that a password counts only while it is in force. The state of
    /// the account is judged inside the transaction: parallel wrong passwords count exactly, and none of them is
    /// accepted once the lock has fallen.
    ///
    /// Order of the reasons: disabled, account expired and locked before the password, which is then not counted;
    /// password expired only after a right one.
    public func signIn(login: String, password: Secret) async throws(StoreError) -> SignInOutcome {
        let password = prepared(password)
        var seen = try await record(login: login)
        for _ in 0..<3 {
            let isRight = try await matches(password, hash: seen?.password.hash)
            guard let known = seen else { return try await rejectUnknown() }
            switch try await write({ transaction in try self.judge(known, isRight: isRight, transaction) }) {
            case .decided(let outcome):
                if case .accepted = outcome { await hashAgain(password, of: known) }
                return outcome
            case .changed(let record): seen = record
            }
        }
        throw .conflict
    }

    private enum Judgment: Sendable {
        case decided(SignInOutcome)
        case changed(AccountRecord)
    }

    /// An attempt that has no account to be counted on.
    private func rejectUnknown() async throws(StoreError) -> SignInOutcome {
        try await write { transaction in try AccountTable.countDecoy(transaction) }
        return .rejected(SignInRejection(.unknownAccount, account: nil))
    }

    private func record(login text: String) async throws(StoreError) -> AccountRecord? {
        let login = Login(text)
        return try await read { connection in
            try login.flatMap { try AccountTable.find(login: $0, connection) }
        }
    }

    private func matches(_ password: Secret, hash: String?) async throws(StoreError) -> Bool {
        do {
            if let hash { return try await hasher.verify(password, against: hash) }
            try await hasher.verifyDecoy(password)
            return false
        } catch {
            throw .unavailable("The password could not be hashed: \(error)")
        }
    }

    /// Brings the hash of a right password up to today's parameters. A failure is no loss: the next sign-in tries again.
    private func hashAgain(_ password: Secret, of record: AccountRecord) async {
        guard let old = record.password.hash, hasher.needsRehash(old), let new = try? await hasher.hash(password)
        else { return }
        try? await write { transaction in
            try AccountTable.replaceHash(old, by: new, entry: record.entry, transaction)
        }
    }

    private func judge(_ seen: AccountRecord, isRight: Bool, _ transaction: Transaction) throws -> Judgment {
        guard let record = try AccountTable.find(entry: seen.entry, transaction) else {
            return .decided(try reject(nil, .unknownAccount, transaction))
        }
        guard record.password.hash == seen.password.hash else { return .changed(record) }
        let now = clock.now()
        if record.isDisabled { return .decided(try reject(record, .disabled, transaction)) }
        if record.hasExpired(at: now) { return .decided(try reject(record, .accountExpired, transaction)) }
        if record.lock.isLocked(at: now) { return .decided(try reject(record, .locked, transaction)) }
        guard isRight else {
            let lock = record.lock.countingFailure(at: now, policy: policy)
            try AccountTable.setLock(lock, entry: record.entry, transaction)
            return .decided(.rejected(SignInRejection(.wrongPassword, account: accountID(record))))
        }
        if record.password.hasExpired(at: now) {
            return .decided(try reject(record, .passwordExpired, transaction))
        }
        return .decided(try accept(record, transaction))
    }

    private func accept(_ record: AccountRecord, _ transaction: Transaction) throws -> SignInOutcome {
        var record = record
        if record.lock != LockFields() {
            record.lock = LockFields()
            try AccountTable.setLock(record.lock, entry: record.entry, transaction)
        }
        guard let account = try accounts(of: [record], transaction).first else { throw StoreError.notFound }
        return .accepted(account)
    }

    private func reject(
        _ record: AccountRecord?, _ reason: SignInRejection.Reason, _ transaction: Transaction
    ) throws -> SignInOutcome {
        try AccountTable.countDecoy(transaction)
        return .rejected(SignInRejection(reason, account: record.flatMap(accountID)))
    }

    private func accountID(_ record: AccountRecord) -> AccountID? { AccountID(store: id, entry: record.entry) }
}
