import Model
import SQL

/// One signing key: the private half sealed, the public half as a JWK.
struct StoredSigningKey: Sendable {
    let kid: String
    let sealed: [UInt8]
    let publicJWK: String
    let createdAt: Timestamp
    let retiredAt: Timestamp?

    /// The associated data that binds a sealed key to its id.
    static func context(_ kid: String) -> String { "signing-key:\(kid)" }
}

/// The `signing_keys` table.
enum SigningKeyStore {
    static func all(_ connection: any Connection) throws -> [StoredSigningKey] {
        try connection.query(
            "SELECT kid, sealed, public_jwk, created_at, retired_at FROM signing_keys ORDER BY created_at, kid", []
        ).map {
            StoredSigningKey(
                kid: try $0.text(0), sealed: try $0.blob(1), publicJWK: try $0.text(2),
                createdAt: try $0.timestamp(3), retiredAt: try $0.optionalTimestamp(4))
        }
    }

    static func insert(_ key: StoredSigningKey, _ connection: any Connection) throws {
        _ = try connection.execute(
            "INSERT INTO signing_keys (kid, sealed, public_jwk, created_at) VALUES ($1, $2, $3, $4)",
            [.text(key.kid), .blob(key.sealed), .text(key.publicJWK), SQLValue(key.createdAt)])
    }

    /// Retires every key but the one named: it signs no more, and verifies until its last token has expired (TK-03).
    static func retire(allBut kid: String, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE signing_keys SET retired_at = $2 WHERE kid <> $1 AND retired_at IS NULL",
            [.text(kid), SQLValue(now)])
    }

    static func purge(retiredBefore: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM signing_keys WHERE retired_at < $1", [SQLValue(retiredBefore)])
    }
}
