import Model
import SQL

/// A request that must be done once, however often it comes (CR-03): whose it is, the key, and a keyed digest of what is
/// asked, which tells a repetition from another request without keeping a password (PW-03).
struct IdempotentRequest: Sendable, Equatable {
    let operatorAccount: AccountID
    let key: String
    let fingerprint: [UInt8]
}

/// An answer as it is kept: without the password it may have held.
struct StoredAnswer: Sendable, Equatable {
    let status: Int
    let body: String
}

/// What is known of a request when it comes.
enum RequestStanding: Sendable, Equatable {
    /// Never seen.
    case new
    /// Its first try ended before anything was done; the operation it was given is to be used again (VS-09).
    case givenBack(OperationID)
    /// Somebody is working on it.
    case inProgress
    /// It was answered.
    case answered(StoredAnswer)
    /// The key belongs to another request.
    case reused
}

/// The `idempotency` table.
enum IdempotencyStore {
    static func standing(of request: IdempotentRequest, _ connection: any Connection) throws -> RequestStanding {
        let row = try connection.query(
            """
            SELECT fingerprint, operation, state, status, answer FROM idempotency
            WHERE operator = $1 AND request_key = $2
            """, [SQLValue(request.operatorAccount), .text(request.key)]
        ).first
        guard let row else { return .new }
        guard try row.blob(0) == request.fingerprint else { return .reused }
        switch try row.text(2) {
        case "given back": return .givenBack(try row.parsed(1) { OperationID($0) })
        case "answered": return .answered(StoredAnswer(status: Int(try row.integer(3)), body: try row.text(4)))
        default: return .inProgress
        }
    }

    /// Takes a request on; `false` when somebody else has.
    static func take(
        _ request: IdempotentRequest, for operation: OperationID, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO idempotency (operator, request_key, fingerprint, operation, state, created_at)
            VALUES ($1, $2, $3, $4, 'in progress', $5)
            ON CONFLICT (operator, request_key) DO UPDATE SET state = 'in progress'
            WHERE idempotency.state = 'given back' AND idempotency.operation = excluded.operation
                AND idempotency.fingerprint = excluded.fingerprint
            """,
            [
                SQLValue(request.operatorAccount), .text(request.key), .blob(request.fingerprint),
                SQLValue(operation), SQLValue(now),
            ]) == 1
    }

    /// Keeps the answer for every repetition.
    static func answer(_ operation: Operation, with answer: StoredAnswer, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            UPDATE idempotency SET state = 'answered', status = $3, answer = $4
            WHERE operator = $1 AND request_key = $2 AND state = 'in progress'
            """,
            [
                SQLValue(operation.operatorAccount), .text(operation.requestKey), SQLValue(answer.status),
                .text(answer.body),
            ])
    }

    /// Names the operation under which a request is put to another service, which does it once: from now on the same
    /// request is put there under the same name, also after a crash. `false` when somebody else was faster.
    static func reserve(
        _ request: IdempotentRequest, for operation: OperationID, at now: Timestamp, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO idempotency (operator, request_key, fingerprint, operation, state, created_at)
            VALUES ($1, $2, $3, $4, 'given back', $5) ON CONFLICT (operator, request_key) DO NOTHING
            """,
            [
                SQLValue(request.operatorAccount), .text(request.key), .blob(request.fingerprint),
                SQLValue(operation), SQLValue(now),
            ]) == 1
    }

    /// Keeps the answer another service gave to a reserved request.
    static func answer(
        _ request: IdempotentRequest, with answer: StoredAnswer, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            UPDATE idempotency SET state = 'answered', status = $3, answer = $4
            WHERE operator = $1 AND request_key = $2 AND state = 'given back'
            """,
            [
                SQLValue(request.operatorAccount), .text(request.key), SQLValue(answer.status), .text(answer.body),
            ])
    }

    /// Nothing was done: the same key may be tried again.
    static func giveBack(_ operation: Operation, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            UPDATE idempotency SET state = 'given back'
            WHERE operator = $1 AND request_key = $2 AND state = 'in progress'
            """, [SQLValue(operation.operatorAccount), .text(operation.requestKey)])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "DELETE FROM idempotency WHERE created_at < $1 AND state <> 'in progress'", [SQLValue(before)])
    }
}
