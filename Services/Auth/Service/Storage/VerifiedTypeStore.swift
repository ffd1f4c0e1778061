import Model
import SQL

/// The `verified_types` table: what has been verified in one verification.
enum VerifiedTypeStore {
    static func all(of id: VerificationID, _ connection: any Connection) throws -> Set<AuthenticationType> {
        let rows = try connection.query("SELECT type FROM verified_types WHERE verification = $1", [.text(id.text)])
        return Set(try rows.map { try $0.parsed(0) { AuthenticationType(rawValue: $0) } })
    }

    /// The types with the moment each was verified.
    static func times(
        of id: VerificationID, _ connection: any Connection
    ) throws -> [AuthenticationType: Timestamp] {
        let rows = try connection.query(
            "SELECT type, at FROM verified_types WHERE verification = $1", [.text(id.text)])
        return Dictionary(
            try rows.map { (try $0.parsed(0) { AuthenticationType(rawValue: $0) }, try $0.timestamp(1)) },
            uniquingKeysWith: max)
    }

    static func insert(
        _ type: AuthenticationType, in id: VerificationID, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO verified_types (verification, type, at) VALUES ($1, $2, $3)
            ON CONFLICT (verification, type) DO NOTHING
            """, [.text(id.text), .text(type.rawValue), SQLValue(now)])
    }
}

/// The `verification_questions` table: which questions are asked in one verification, and how they were answered.
enum VerificationQuestionStore {
    struct Asked: Sendable {
        let question: QuestionID
        let isRight: Bool?
    }

    static func all(of id: VerificationID, _ connection: any Connection) throws -> [Asked] {
        try connection.query(
            "SELECT question, is_right FROM verification_questions WHERE verification = $1 ORDER BY position",
            [.text(id.text)]
        ).map {
            Asked(question: try $0.parsed(0) { QuestionID($0) }, isRight: try $0.optionalInteger(1).map { $0 == 1 })
        }
    }

    static func insert(_ questions: [QuestionID], in id: VerificationID, _ connection: any Connection) throws {
        for (position, question) in questions.enumerated() {
            _ = try connection.execute(
                "INSERT INTO verification_questions (verification, question, position) VALUES ($1, $2, $3)",
                [.text(id.text), .text(question.text), .integer(Int64(position))])
        }
    }

    /// Notes how a question was answered; a right answer stays right.
    static func settle(
        _ question: QuestionID, in id: VerificationID, isRight: Bool, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            UPDATE verification_questions SET is_right = $3
            WHERE verification = $1 AND question = $2 AND (is_right IS NULL OR is_right = 0)
            """, [.text(id.text), .text(question.text), .integer(isRight ? 1 : 0)])
    }
}
