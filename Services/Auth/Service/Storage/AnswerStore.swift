import Model
import SQL

/// One stored answer: an Argon2id hash, sealed with a key outside the database (SQ-01).
struct StoredAnswer: Sendable {
    let question: QuestionID
    let position: Int64
    let sealed: [UInt8]
    /// The version of the folding the answer was hashed under (SQ-02).
    let folding: Int64

    /// The associated data that binds a sealed hash to its account and question.
    static func context(_ account: AccountID, _ question: QuestionID) -> String {
        "answer:\(account.text):\(question.text)"
    }
}

/// The `answers` table.
enum AnswerStore {
    static func all(of account: AccountID, _ connection: any Connection) throws -> [StoredAnswer] {
        try connection.query(
            "SELECT question, position, sealed, folding FROM answers WHERE account = $1 ORDER BY position",
            [.text(account.text)]
        ).map(answer)
    }

    static func find(
        _ account: AccountID, _ question: QuestionID, _ connection: any Connection
    ) throws -> StoredAnswer? {
        try connection.query(
            "SELECT question, position, sealed, folding FROM answers WHERE account = $1 AND question = $2",
            [.text(account.text), .text(question.text)]
        ).first.map(answer)
    }

    static func replace(
        all answers: [StoredAnswer], of account: AccountID, _ connection: any Connection
    ) throws {
        try removeAll(of: account, connection)
        for answer in answers {
            _ = try connection.execute(
                "INSERT INTO answers (account, question, position, sealed, folding) VALUES ($1, $2, $3, $4, $5)",
                [
                    .text(account.text), .text(answer.question.text), .integer(answer.position),
                    .blob(answer.sealed), .integer(answer.folding),
                ])
        }
    }

    static func removeAll(of account: AccountID, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM answers WHERE account = $1", [.text(account.text)])
        try AskedQuestionStore.clear(account, connection)
    }

    private static func answer(_ row: Row) throws -> StoredAnswer {
        StoredAnswer(
            question: try row.parsed(0) { QuestionID($0) }, position: try row.integer(1), sealed: try row.blob(2),
            folding: try row.integer(3))
    }
}

/// The `asked_questions` table: the set an account is asked stays until it has been answered, so that nobody can
/// start again for easier questions (SQ-03).
enum AskedQuestionStore {
    static func all(of account: AccountID, _ connection: any Connection) throws -> [QuestionID] {
        try connection.query(
            "SELECT question FROM asked_questions WHERE account = $1 ORDER BY position", [.text(account.text)]
        ).map { try $0.parsed(0) { QuestionID($0) } }
    }

    static func add(
        _ questions: [QuestionID], startingAt position: Int, of account: AccountID, _ connection: any Connection
    ) throws {
        for (index, question) in questions.enumerated() {
            _ = try connection.execute(
                "INSERT INTO asked_questions (account, question, position) VALUES ($1, $2, $3)",
                [.text(account.text), .text(question.text), .integer(Int64(position + index))])
        }
    }

    static func clear(_ account: AccountID, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM asked_questions WHERE account = $1", [.text(account.text)])
    }
}
