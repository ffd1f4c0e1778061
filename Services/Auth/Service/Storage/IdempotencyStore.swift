import Model
import SQL

/// A request that must be done once, however often it comes (CR-03): whose it is, the key, and a keyed digest of what is
/// asked.
struct IdempotentRequest: Sendable {
    let operatorAccount: AccountID
    let key: String
    let fingerprint: [UInt8]
}

/// The `idempotency` table: answers kept in the transaction that earned them, so that nothing is ever half done.
enum IdempotencyStore {
    /// The answer to the same request before; `nil`: there was none.
    ///
    /// - Throws: ``AuthError/idempotencyKeyReused`` when the key belongs to another request.
    static func answer(to request: IdempotentRequest, _ connection: any Connection) throws -> String? {
        let row = try connection.query(
            "SELECT fingerprint, answer FROM idempotency WHERE operator = $1 AND request_key = $2",
            [.text(request.operatorAccount.text), .text(request.key)]
        ).first
        guard let row else { return nil }
        guard try row.blob(0) == request.fingerprint else { throw AuthError.idempotencyKeyReused }
        return try row.text(1)
    }

    static func keep(
        _ answer: String, for request: IdempotentRequest, at now: Timestamp, _ connection: any Connection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO idempotency (operator, request_key, fingerprint, answer, created_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .text(request.operatorAccount.text), .text(request.key), .blob(request.fingerprint), .text(answer),
                SQLValue(now),
            ])
    }

    static func purge(before: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM idempotency WHERE created_at < $1", [SQLValue(before)])
    }
}
