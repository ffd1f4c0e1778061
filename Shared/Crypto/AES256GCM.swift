import COpenSSL
import Model

/// Authenticated encryption (NIST SP 800-38D), with a 12-byte nonce and a 16-byte tag.
enum AES256GCM {
    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    /// The ciphertext, then the tag. A nonce must not serve twice under one key.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: Secret, nonce: [UInt8], associated: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let context = try CipherContext(key: key, nonce: nonce, direction: .seal)
        try context.authenticate(associated)
        var output = try context.update(plaintext)
        try context.finish()
        output += try context.tag()
        return output
    }

    /// The plaintext, or `notAuthentic`; nothing of it is handed out before the tag was checked.
    static func open(
        _ sealed: ArraySlice<UInt8>, key: Secret, nonce: ArraySlice<UInt8>, associated: [UInt8]
    ) throws(CryptoError) -> Secret {
        guard sealed.count >= tagBytes, nonce.count == nonceBytes else { throw .notAuthentic }
        let context = try CipherContext(key: key, nonce: Array(nonce), direction: .open)
        try context.authenticate(associated)
        let ciphertext = Array(sealed.dropLast(tagBytes))
        var output = try context.update(ciphertext)
        defer { wipe(&output) }
        try context.expect(tag: Array(sealed.suffix(tagBytes)))
        return Secret(output)
    }
}

/// Owns one `EVP_CIPHER_CTX` for one message.
private final class CipherContext {
    enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private let context: OpaquePointer

    init(key: Secret, nonce: [UInt8], direction: Direction) throws(CryptoError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .failed("EVP_CIPHER_CTX_new") }
        self.context = context
        guard key.count == AES256GCM.keyBytes, nonce.count == AES256GCM.nonceBytes else { throw .badKey("length") }
        let isReady = key.withBytes { key in
            let start = key.assumingMemoryBound(to: UInt8.self).baseAddress
            return EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, start, nonce, direction.rawValue) == 1
        }
        guard isReady else { throw .failed("EVP_CipherInit_ex") }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func authenticate(_ associated: [UInt8]) throws(CryptoError) {
        var written: Int32 = 0
        guard let count = Int32(exactly: associated.count),
            EVP_CipherUpdate(context, nil, &written, associated, count) == 1
        else { throw .failed("EVP_CipherUpdate") }
    }

    func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: bytes.count)
        guard !bytes.isEmpty else { return output }
        var written: Int32 = 0
        let source = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        guard let count = Int32(exactly: bytes.count),
            EVP_CipherUpdate(context, &output, &written, source, count) == 1, written == count
        else { throw .failed("EVP_CipherUpdate") }
        return output
    }

    func update(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        let outcome = bytes.withUnsafeBytes { source in
            Result { () throws(CryptoError) in try update(source) }
        }
        return try outcome.get()
    }

    func finish() throws(CryptoError) {
        var rest = [UInt8](repeating: 0, count: 16)
        var written: Int32 = 0
        guard EVP_CipherFinal_ex(context, &rest, &written) == 1 else { throw .notAuthentic }
    }

    func tag() throws(CryptoError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AES256GCM.tagBytes)
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1 else { throw .failed("GET_TAG") }
        return tag
    }

    func expect(tag: [UInt8]) throws(CryptoError) {
        var tag = tag
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1 else { throw .failed("SET_TAG") }
        try finish()
    }
}
