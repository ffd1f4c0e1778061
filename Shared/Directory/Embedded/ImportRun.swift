import Model
import SQL

/// Everything an import writes, ready: checked rows, computed hashes, drawn ids.
struct ImportPlan: Sendable {
    let rows: [PersonRow]
    let nesting: [(group: String, members: [String])]
    /// Password hashes by folded login, of the passwords that are to be set.
    let hashes: [String: String]
    /// An entry id for each row, used where the login is new.
    let entries: [String]
}

/// One import inside its transaction.
struct ImportRun {
    let policy: EmbeddedStorePolicy
    let now: Timestamp
    let transaction: Transaction
    private var report = ImportReport()
    private var groupKeys: [String: Int64] = [:]

    init(policy: EmbeddedStorePolicy, now: Timestamp, transaction: Transaction) {
        self.policy = policy
        self.now = now
        self.transaction = transaction
    }

    mutating func carryOut(_ plan: ImportPlan) throws -> ImportReport {
        for (row, entry) in zip(plan.rows, plan.entries) {
            try write(row, hash: plan.hashes[row.login.folded], newEntry: entry)
        }
        for (group, members) in plan.nesting {
            let keys = try members.map { try key(of: $0) }
            try GroupTable.setMembers(keys, of: try key(of: group), transaction)
            report.nestings += keys.count
        }
        return report
    }

    private mutating func write(_ row: PersonRow, hash: String?, newEntry: String) throws {
        let old = try AccountTable.find(login: row.login, transaction)
        var record =
            old
            ?? AccountRecord(
                entry: newEntry, login: row.login, person: row.person(over: nil), password: PasswordFields(),
                version: CredentialVersion(number: 1, operation: nil))
        record.login = row.login
        record.person = row.person(over: old?.person)
        if let states = row.states { applyStates(states, to: &record) }
        if old == nil || hash != nil { setPassword(of: row, hash: hash, in: &record) }
        if old != nil, hash != nil {
            record.version = CredentialVersion(number: record.version.number + 1, operation: nil)
        }
        try save(record, isNew: old == nil)
        if let groups = row.groups {
            try GroupTable.setGroups(try groups.map { try key(of: $0) }, of: record.entry, transaction)
        }
    }

    private mutating func save(_ record: AccountRecord, isNew: Bool) throws {
        let path = ContainerPath.text(of: record.person.container)
        let container = try GroupTable.containerKey(of: path, transaction)
        if isNew {
            try AccountTable.insert(record, container: container, transaction)
            report.created += 1
        } else {
            _ = try AccountTable.update(record, container: container, transaction)
            report.updated += 1
        }
    }

    /// What an administrator decides about an account, new or old.
    private func applyStates(_ states: Set<PersonRow.State>, to record: inout AccountRecord) {
        record.isDisabled = states.contains(.disabled)
        record.password.neverExpires = states.contains(.neverExpires)
        if !states.contains(.accountExpired) {
            record.accountExpires = nil
        } else if !record.hasExpired(at: now) {
            record.accountExpires = now
        }
    }

    /// The password of a new account, or of an old one whose password is to be set, and the state that goes with it.
    private mutating func setPassword(of row: PersonRow, hash: String?, in record: inout AccountRecord) {
        let states = row.states ?? []
        let setAt = now - row.passwordAge
        let age = policy.maximumPasswordAge
        record.password.hash = hash
        record.password.setAt = hash == nil ? nil : setAt
        record.password.expires = age > .zero ? setAt + age : nil
        if states.contains(.expired) { record.password.expires = min(record.password.expires ?? now, now) }
        record.password.mustChange = states.contains(.mustChange)
        record.lock = LockFields()
        if states.contains(.locked) {
            record.lock = LockFields(failures: policy.lockAfterFailures, lockedAt: now, lockedUntil: nil)
        }
        if hash != nil { report.passwordsSet += 1 }
    }

    private mutating func key(of group: String) throws -> Int64 {
        if let key = groupKeys[group] { return key }
        let (key, isNew) = try GroupTable.key(of: group, transaction)
        groupKeys[group] = key
        if isNew { report.groupsCreated += 1 }
        return key
    }
}
