import Model
import SQL

/// The SQL of `accounts`: one function a statement.
enum AccountTable {
    private static let select = """
        SELECT a.entry, a.login, a.display_name, a.first_name, a.last_name, a.mail, a.mobile, c.path,
            a.password, a.password_set, a.password_expires, a.never_expires, a.must_change,
            a.failures, a.locked_at, a.locked_until, a.disabled, a.account_expires, a.version, a.operation, a.language
        FROM accounts a JOIN containers c ON c.id = a.container
        """

    static func find(entry: String, _ connection: any Connection) throws -> AccountRecord? {
        try connection.query(select + " WHERE a.entry = $1", [.text(entry)]).first.map(record)
    }

    static func find(login: Login, _ connection: any Connection) throws -> AccountRecord? {
        try connection.query(select + " WHERE a.login_folded = $1", [.text(login.folded)]).first.map(record)
    }

    static func hasLogin(_ folded: String, _ connection: any Connection) throws -> Bool {
        try !connection.query("SELECT 1 FROM accounts WHERE login_folded = $1", [.text(folded)]).isEmpty
    }

    /// The entries come from ``AccountID``, whose alphabet needs no escaping in JSON.
    static func find(entries: [String], _ connection: any Connection) throws -> [AccountRecord] {
        try connection.query(select + " WHERE a.entry IN (SELECT value FROM json_each($1))", [jsonArray(entries)])
            .map(record)
    }

    static func insert(_ record: AccountRecord, container: Int64, _ transaction: Transaction) throws {
        _ = try transaction.execute(
            """
            INSERT INTO accounts (entry, login, login_folded, container, version, operation,
                display_name, first_name, last_name, mail, mobile, password, password_set, password_expires, never_expires, must_change,
                failures, locked_at, locked_until, disabled, account_expires, language)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
            """, key(of: record) + [.integer(container)] + state(of: record))
    }

    /// Replaces everything but the entry id; answers whether the entry is there.
    static func update(_ record: AccountRecord, container: Int64, _ transaction: Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE accounts SET login = $2, login_folded = $3, container = $4, version = $5, operation = $6,
                display_name = $7, first_name = $8, last_name = $9, mail = $10, mobile = $11, password = $12,
                password_set = $13, password_expires = $14, never_expires = $15, must_change = $16, failures = $17,
                locked_at = $18, locked_until = $19, disabled = $20, account_expires = $21, language = $22
            WHERE entry = $1
            """, key(of: record) + [.integer(container)] + state(of: record)) == 1
    }

    static func setLock(_ lock: LockFields, entry: String, _ transaction: Transaction) throws {
        _ = try transaction.execute(
            "UPDATE accounts SET failures = $2, locked_at = $3, locked_until = $4 WHERE entry = $1",
            [.text(entry)] + values(of: lock))
    }

    static func setCredential(_ record: AccountRecord, _ transaction: Transaction) throws {
        _ = try transaction.execute(
            """
            UPDATE accounts SET failures = $2, locked_at = $3, locked_until = $4, password = $5, password_set = $6,
                password_expires = $7, never_expires = $8, must_change = $9, version = $10, operation = $11
            WHERE entry = $1
            """,
            [.text(record.entry)] + values(of: record.lock) + values(of: record.password)
                + values(of: record.version))
    }

    /// Leaves a password alone that was changed since the old hash was read.
    static func replaceHash(_ old: String, by new: String, entry: String, _ transaction: Transaction) throws {
        _ = try transaction.execute(
            "UPDATE accounts SET password = $3 WHERE entry = $1 AND password = $2",
            [.text(entry), .text(old), .text(new)])
    }

    /// Writes as much as a counted failure does, where there is no account to count it on (RL-03).
    static func countDecoy(_ transaction: Transaction) throws {
        _ = try transaction.execute("UPDATE sign_in_decoy SET attempts = attempts + 1 WHERE id = 1", [])
    }
}

extension AccountTable {
    private static func key(of record: AccountRecord) -> [SQLValue] {
        [.text(record.entry), .text(record.login.text), .text(record.login.folded)]
    }

    private static func state(of record: AccountRecord) -> [SQLValue] {
        let person = record.person
        return values(of: record.version)
            + [
                .text(person.displayName), .text(person.firstName), .text(person.lastName), SQLValue(person.mail),
                SQLValue(person.mobile),
            ] + values(of: record.password) + values(of: record.lock)
            + [SQLValue(record.isDisabled), SQLValue(record.accountExpires), SQLValue(person.language)]
    }

    private static func values(of version: CredentialVersion) -> [SQLValue] {
        [.integer(version.number), SQLValue(version.operation?.text)]
    }

    private static func values(of password: PasswordFields) -> [SQLValue] {
        [
            SQLValue(password.hash), SQLValue(password.setAt), SQLValue(password.expires),
            SQLValue(password.neverExpires), SQLValue(password.mustChange),
        ]
    }

    private static func values(of lock: LockFields) -> [SQLValue] {
        [.integer(Int64(lock.failures)), SQLValue(lock.lockedAt), SQLValue(lock.lockedUntil)]
    }

    private static func record(_ row: Row) throws -> AccountRecord {
        guard let login = Login(try row.text(1)), let container = ContainerPath.parse(try row.text(7)) else {
            throw StoreError.malformed("An account has a login or a container that is none.")
        }
        var record = AccountRecord(
            entry: try row.text(0), login: login, person: try person(row, container), password: try password(row),
            version: CredentialVersion(
                number: try row.integer(18), operation: try row.optionalText(19).flatMap { OperationID($0) }))
        record.lock = LockFields(
            failures: Int(try row.integer(13)), lockedAt: try row.optionalTimestamp(14),
            lockedUntil: try row.optionalTimestamp(15))
        record.isDisabled = try row.bool(16)
        record.accountExpires = try row.optionalTimestamp(17)
        return record
    }

    private static func person(_ row: Row, _ container: Container) throws -> PersonFields {
        PersonFields(
            displayName: try row.text(2), firstName: try row.text(3), lastName: try row.text(4),
            mail: try row.optionalText(5), mobile: try row.optionalText(6),
            language: try row.optionalText(20), container: container)
    }

    private static func password(_ row: Row) throws -> PasswordFields {
        PasswordFields(
            hash: try row.optionalText(8), setAt: try row.optionalTimestamp(9),
            expires: try row.optionalTimestamp(10), neverExpires: try row.bool(11), mustChange: try row.bool(12))
    }
}

/// Entry ids as the text of a JSON array, for `json_each`.
func jsonArray(_ entries: [String]) -> SQLValue {
    .text("[" + entries.map { "\"" + $0 + "\"" }.joined(separator: ",") + "]")
}
