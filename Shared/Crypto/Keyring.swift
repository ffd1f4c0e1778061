import Model
import Platform

/// The keys that seal data at rest, from a folder outside the database (TP-03, AC-02, PW-03).
///
/// The folder (mode 0700) holds one file (mode 0600) of 32 random bytes a key, `k0001.key`, `k0002.key`, ... Each key
/// serves several purposes through subkeys derived by HKDF. New data is sealed under the newest key. Codes are
/// authenticated (`mac`) under the **oldest**, so that adding a key changes no stored MAC; for that reason the oldest
/// file must never be deleted, while those between may be once `keyID(of:)` finds no data under them.
///
/// A keyring does not change once loaded. Another process may have added a key meanwhile: `open` then reads the folder
/// once more and keeps what it found for opening; sealing under the new key starts with the next load.
///
/// Nonces are random, so one key must not seal more than 2^32 messages (NIST SP 800-38D §8.3): add keys in time.
public struct Keyring: Sendable {
    /// Sealed: this byte, length of the key id, key id, nonce, ciphertext, tag. All before the nonce is authenticated.
    private static let version: UInt8 = 1

    private let folder: String?
    private let keys: [String: SealingKey]
    private let late = Lock<[String: SealingKey]>([:])
    private let current: SealingKey
    private let authentication: Secret
    private let random: any RandomSource

    /// Loads the keys of a folder.
    public init(folder: String, random: any RandomSource = SystemRandom()) throws(KeyringError) {
        try self.init(keys: KeyFolder(path: folder).load(), folder: folder, random: random)
    }

    /// Takes keys that are in memory already; the greatest id is the current one.
    public init(keys: [String: Secret], random: any RandomSource = SystemRandom()) throws(KeyringError) {
        try self.init(keys: keys, folder: nil, random: random)
    }

    private init(keys: [String: Secret], folder: String?, random: any RandomSource) throws(KeyringError) {
        let name = folder ?? "keyring"
        guard let oldest = keys.keys.min(), let newest = keys.keys.max() else { throw .empty(path: name) }
        do throws(CryptoError) {
            var derived: [String: SealingKey] = [:]
            for (id, key) in keys { derived[id] = try SealingKey(id: id, key: key) }
            guard let current = derived[newest], let first = keys[oldest] else { throw .unknownKey(newest) }
            self.current = current
            self.keys = derived
            authentication = try HKDF.sha256(key: first, purpose: "authentication")
        } catch {
            throw .malformed(path: name)
        }
        self.folder = folder
        self.random = random
    }

    /// The key new data is sealed under.
    public var currentKeyID: String { current.id }

    /// Every key that was loaded, oldest first.
    public var keyIDs: [String] { keys.keys.sorted() }

    /// Encrypts and authenticates (AES-256-GCM).
    ///
    /// - Parameter context: what these bytes are and whose, for example `totp:<account>`; has to be the same at `open`.
    public func seal(_ plaintext: Secret, context: String) throws(CryptoError) -> [UInt8] {
        let header = [Self.version, UInt8(truncatingIfNeeded: current.id.utf8.count)] + current.id.utf8
        let nonce = random.bytes(AES256GCM.nonceBytes)
        let key = current.key
        let body = try plaintext.withBytes { bytes throws(CryptoError) in
            try AES256GCM.seal(bytes, key: key, nonce: nonce, associated: header + context.utf8)
        }
        return header + nonce + body
    }

    /// Encrypts and authenticates bytes (AES-256-GCM).
    public func seal(_ plaintext: [UInt8], context: String) throws(CryptoError) -> [UInt8] {
        try seal(Secret(plaintext), context: context)
    }

    /// The plaintext; `notAuthentic` when the bytes, the context or the key are others than those of `seal`.
    public func open(_ sealed: [UInt8], context: String) throws(CryptoError) -> Secret {
        guard let id = keyID(of: sealed) else { throw .notAuthentic }
        let key = try key(id)
        let headerEnd = 2 + id.utf8.count
        let nonceEnd = headerEnd + AES256GCM.nonceBytes
        guard sealed.count >= nonceEnd + AES256GCM.tagBytes else { throw .notAuthentic }
        return try AES256GCM.open(
            sealed[nonceEnd...], key: key.key, nonce: sealed[headerEnd..<nonceEnd],
            associated: sealed[..<headerEnd] + Array(context.utf8))
    }

    /// The key these bytes say they are sealed under, for the job that seals old data anew; `nil` for other bytes.
    public func keyID(of sealed: [UInt8]) -> String? {
        guard sealed.count > 2, sealed[0] == Self.version else { return nil }
        let end = 2 + Int(sealed[1])
        guard sealed.count >= end else { return nil }
        let id = String(decoding: sealed[2..<end], as: UTF8.self)
        return KeyFolder.isKeyID(id) ? id : nil
    }

    /// HMAC-SHA-256 under a key of this purpose alone, derived from the oldest key: the same for ever.
    ///
    /// The purpose makes a key of its own by HMAC, which is what HKDF-Expand does (RFC 5869 §2.3).
    ///
    /// - Parameter purpose: a constant of the program, for example `access-code`.
    public func mac(_ bytes: [UInt8], purpose: String) -> [UInt8] {
        HMAC.sha256(key: Secret(HMAC.sha256(key: authentication, purpose.utf8)), bytes)
    }

    private func key(_ id: String) throws(CryptoError) -> SealingKey {
        if let key = keys[id] ?? late.withLock({ $0[id] }) { return key }
        guard let folder, let found = (try? KeyFolder(path: folder).load())?[id] else { throw .unknownKey(id) }
        let key = try SealingKey(id: id, key: found)
        late.withLock { $0[id] = key }
        return key
    }
}

/// One key of the folder, ready to seal with.
private struct SealingKey: Sendable {
    let id: String
    let key: Secret

    init(id: String, key: Secret) throws(CryptoError) {
        self.id = id
        self.key = try HKDF.sha256(key: key, purpose: "sealing")
    }
}
