import AuthAPI
import Model
import Policy
import SQL
import StrictJSON

/// The server-side record that one caller is being proved (VS-01, VS-02). What it is bound to never changes.
struct Verification: Sendable {
    let id: VerificationID
    /// The account whose enrollment is asked: the master of the accounts.
    let subject: AccountID
    let accounts: [AccountID]
    let operatorAccount: AccountID
    let session: SessionID
    let action: HelpdeskAction
    let policyVersion: String
    let requirement: VerificationRequirement
    /// The languages the owner prefers, as the directory had them.
    let language: String?
    var status: VerificationStatus
    let createdAt: Timestamp
    let usedAt: Timestamp
    let expiresAt: Timestamp
    /// No earlier than this does the verification end for being idle: a live code still counts.
    let codeUntil: Timestamp
    let wrongAnswers: Int
    let operation: OperationID?
    /// The proof as it was handed out, sealed: whoever reads the database must not find one that still lives.
    let proof: [UInt8]?

    /// The associated data that binds a sealed proof to its verification.
    static func proofContext(_ id: VerificationID) -> String { "proof:\(id.text)" }

    /// Whether its time has run out.
    func isOver(at now: Timestamp, limits: SecurityLimits) -> Bool {
        let idleUntil = max(usedAt + limits.seconds(SecurityLimits.verificationIdleSeconds), codeUntil)
        return now >= expiresAt || now >= idleUntil
    }
}

/// The `verifications` table.
enum VerificationStore {
    private static let columns = """
        id, subject, accounts, operator, session, action, policy_version, requirement, status, created_at, used_at,
        expires_at, code_until, wrong_answers, operation, proof, language
        """

    static func insert(_ verification: Verification, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            INSERT INTO verifications (\(columns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL, NULL, $15)
            """,
            [
                .text(verification.id.text), .text(verification.subject.text),
                .text(verification.accounts.map(\.text).joined(separator: " ")),
                .text(verification.operatorAccount.text), .text(verification.session.text),
                .text(verification.action.rawValue), .text(verification.policyVersion),
                .text(String(decoding: verification.requirement.json.serialized(), as: UTF8.self)),
                .text(verification.status.rawValue), SQLValue(verification.createdAt),
                SQLValue(verification.usedAt), SQLValue(verification.expiresAt), SQLValue(verification.codeUntil),
                .integer(Int64(verification.wrongAnswers)), SQLValue(verification.language),
            ])
    }

    static func find(_ id: VerificationID, _ connection: any Connection) throws -> Verification? {
        try connection.query("SELECT \(columns) FROM verifications WHERE id = $1", [.text(id.text)])
            .first.map(verification)
    }

    /// The open verification of an account, if there is one (VS-07).
    static func findOpen(of subject: AccountID, _ connection: any Connection) throws -> Verification? {
        try connection.query(
            """
            SELECT \(columns) FROM verifications
            WHERE subject = $1 AND status IN ('created', 'challenged', 'satisfied')
            """, [.text(subject.text)]
        ).first.map(verification)
    }

    /// Moves an open verification to another status; `false` when it was not in the status expected.
    static func move(
        _ id: VerificationID, from old: VerificationStatus, to new: VerificationStatus, at now: Timestamp,
        _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            "UPDATE verifications SET status = $3, used_at = $4 WHERE id = $1 AND status = $2",
            [.text(id.text), .text(old.rawValue), .text(new.rawValue), SQLValue(now)]) == 1
    }

    static func keepOpen(
        _ id: VerificationID, until moment: Timestamp, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            UPDATE verifications SET code_until = CASE WHEN code_until < $2 THEN $2 ELSE code_until END, used_at = $3
            WHERE id = $1
            """,
            [.text(id.text), SQLValue(moment), SQLValue(now)])
    }

    /// Reserves one of the wrong answers a verification may have; `false` when none is left.
    static func reserveWrongAnswer(
        _ id: VerificationID, most: Int, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            "UPDATE verifications SET wrong_answers = wrong_answers + 1 WHERE id = $1 AND wrong_answers < $2",
            [.text(id.text), .integer(Int64(most))]) == 1
    }

    static func takeBackWrongAnswer(_ id: VerificationID, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE verifications SET wrong_answers = wrong_answers - 1 WHERE id = $1 AND wrong_answers > 0",
            [.text(id.text)])
    }

    /// Hands out the proof: one compare-and-set, so that of many redemptions one wins (VS-09).
    static func consume(
        _ id: VerificationID, for operation: OperationID, proof: [UInt8], at now: Timestamp,
        _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE verifications SET status = 'consumed', operation = $2, proof = $3, used_at = $4
            WHERE id = $1 AND status = 'satisfied' AND operation IS NULL
            """,
            [.text(id.text), .text(operation.text), .blob(proof), SQLValue(now)]) == 1
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        for table in ["verified_types", "verification_questions"] {
            _ = try connection.execute(
                "DELETE FROM \(table) WHERE verification IN (SELECT id FROM verifications WHERE expires_at < $1)",
                [SQLValue(before)])
        }
        _ = try connection.execute("DELETE FROM verifications WHERE expires_at < $1", [SQLValue(before)])
    }

    private static func verification(_ row: Row) throws -> Verification {
        Verification(
            id: try row.parsed(0) { VerificationID($0) }, subject: try row.parsed(1) { AccountID($0) },
            accounts: try row.text(2).split(separator: " ").compactMap { AccountID($0) },
            operatorAccount: try row.parsed(3) { AccountID($0) }, session: try row.parsed(4) { SessionID($0) },
            action: try row.parsed(5) { HelpdeskAction(rawValue: $0) }, policyVersion: try row.text(6),
            requirement: try row.parsed(7) { VerificationRequirement(stored: $0) },
            language: try row.optionalText(16),
            status: try row.parsed(8) { VerificationStatus(rawValue: $0) }, createdAt: try row.timestamp(9),
            usedAt: try row.timestamp(10), expiresAt: try row.timestamp(11), codeUntil: try row.timestamp(12),
            wrongAnswers: Int(try row.integer(13)), operation: try row.optionalText(14).flatMap { OperationID($0) },
            proof: try row.optionalBlob(15))
    }
}

extension VerificationRequirement {
    /// As it is stored with its verification.
    fileprivate var json: JSON {
        .object([
            "eligible": names(eligible), "mandatory": names(mandatory), "count": .integer(Int64(count)),
            "asked": .integer(Int64(questions.asked)), "right": .integer(Int64(questions.right)),
            "alone": .bool(questionsMayStandAlone),
        ])
    }

    /// Reads it back; `nil` when the row was damaged, and then nothing is satisfied.
    fileprivate init?(stored text: String) {
        guard let json = try? JSON.parse(Array(text.utf8)), case .bool(let alone)? = json["alone"],
            case .integer(let count)? = json["count"], case .integer(let asked)? = json["asked"],
            case .integer(let right)? = json["right"], let eligible = types(json["eligible"]),
            let mandatory = types(json["mandatory"])
        else { return nil }
        self.init(
            eligible: eligible, mandatory: mandatory, count: Int(count),
            questions: Questions(asked: Int(asked), right: Int(right)), questionsMayStandAlone: alone)
    }
}

private func names(_ types: Set<AuthenticationType>) -> JSON {
    .array(types.map(\.rawValue).sorted().map(JSON.string))
}

private func types(_ json: JSON?) -> Set<AuthenticationType>? {
    guard case .array(let values)? = json else { return nil }
    let types = values.compactMap { value -> AuthenticationType? in
        guard case .string(let name) = value else { return nil }
        return AuthenticationType(rawValue: name)
    }
    return types.count == values.count ? Set(types) : nil
}
