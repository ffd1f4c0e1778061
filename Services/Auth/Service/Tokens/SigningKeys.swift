import Audit
import Crypto
import Model
import SQL

/// Makes signing keys; used at the first start, by the 90-day rotation and by `latchkey keys rotate`.
public enum SigningKeys {
    /// Adds a key that signs from now on, and retires the others.
    ///
    /// - Returns: the new key's id.
    public static func rotate(
        in database: any Database, keyring: Keyring, audit: AuditLog, at now: Timestamp
    ) async throws -> String {
        let key = try SigningKey.generate()
        let kid = key.id
        let row = StoredSigningKey(
            kid: kid,
            sealed: try keyring.seal(try key.exportPKCS8(), context: StoredSigningKey.context(kid)),
            publicJWK: String(decoding: key.publicKey.jwk.serialized(), as: UTF8.self), createdAt: now, retiredAt: nil)
        return try await database.write { transaction in
            try SigningKeyStore.insert(row, transaction)
            try SigningKeyStore.retire(allBut: kid, at: now, transaction)
            _ = try audit.append(AuditEvent(.keyRotation, by: .system, at: now), in: transaction)
            return kid
        }
    }

    /// Every key by id, oldest first; never the keys themselves.
    public static func list(
        in database: any Database
    ) async throws -> [(kid: String, createdAt: Timestamp, retiredAt: Timestamp?)] {
        try await database.read { try SigningKeyStore.all($0).map { ($0.kid, $0.createdAt, $0.retiredAt) } }
    }

    /// When the current key was made; `nil`: there is none.
    public static func currentSince(in database: any Database) async throws -> Timestamp? {
        try await database.read { try SigningKeyStore.all($0).last { $0.retiredAt == nil }?.createdAt }
    }
}
