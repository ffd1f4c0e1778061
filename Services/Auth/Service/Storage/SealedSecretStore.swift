import Model
import SQL

/// One sealed value of any table, with what it takes to open it and to find it again.
struct SealedSecret: Sendable {
    let table: String
    /// The columns that name the row, and their values.
    let key: [(column: String, value: String)]
    let sealed: [UInt8]
    let context: String
}

/// Every long-lived sealed value of the database.
enum SealedSecretStore {
    static func all(_ connection: any Connection) throws -> [SealedSecret] {
        try enrollments("enrollments", connection) + enrollments("pending_enrollments", connection)
            + answers(connection) + signingKeys(connection)
    }

    /// Puts another sealed value in place of the one that was read; `false` when it has changed since.
    static func replace(_ secret: SealedSecret, by sealed: [UInt8], _ connection: any Connection) throws -> Bool {
        let conditions = secret.key.enumerated().map { "\($1.column) = $\($0 + 3)" }.joined(separator: " AND ")
        return try connection.execute(
            "UPDATE \(secret.table) SET sealed = $1 WHERE sealed = $2 AND \(conditions)",
            [.blob(sealed), .blob(secret.sealed)] + secret.key.map { .text($0.value) }) == 1
    }

    private static func enrollments(_ table: String, _ connection: any Connection) throws -> [SealedSecret] {
        try connection.query("SELECT account, type, sealed FROM \(table) WHERE sealed IS NOT NULL").map { row in
            let account = try row.parsed(0) { AccountID($0) }
            let type = try row.parsed(1) { AuthenticationType(rawValue: $0) }
            return SealedSecret(
                table: table, key: [("account", account.text), ("type", type.rawValue)], sealed: try row.blob(2),
                context: Enrollment.context(account, type))
        }
    }

    private static func answers(_ connection: any Connection) throws -> [SealedSecret] {
        try connection.query("SELECT account, question, sealed FROM answers").map { row in
            let account = try row.parsed(0) { AccountID($0) }
            let question = try row.parsed(1) { QuestionID($0) }
            return SealedSecret(
                table: "answers", key: [("account", account.text), ("question", question.text)],
                sealed: try row.blob(2), context: StoredAnswer.context(account, question))
        }
    }

    private static func signingKeys(_ connection: any Connection) throws -> [SealedSecret] {
        try SigningKeyStore.all(connection).map {
            SealedSecret(
                table: "signing_keys", key: [("kid", $0.kid)], sealed: $0.sealed,
                context: StoredSigningKey.context($0.kid))
        }
    }
}
