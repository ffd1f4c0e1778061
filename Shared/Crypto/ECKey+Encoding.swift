import COpenSSL
import Model

extension ECKey {
    /// Reads a private key from PKCS #8 DER (RFC 5958).
    static func privateKey(der: Secret) throws(CryptoError) -> ECKey {
        let handle = der.withBytes { bytes -> OpaquePointer? in
            var start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &start, bytes.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return EVP_PKCS82PKEY(info)
        }
        return try ECKey(owning: handle)
    }

    /// Reads a private key from PEM that is not encrypted.
    static func privateKey(pem: Secret) throws(CryptoError) -> ECKey {
        let handle = pem.withBytes { bytes -> OpaquePointer? in
            guard let file = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(file) }
            // Without a callback of ours OpenSSL asks the terminal for a passphrase.
            return PEM_read_bio_PrivateKey(file, nil, { _, _, _, _ in -1 }, nil)
        }
        return try ECKey(owning: handle)
    }

    /// Reads a public key (SubjectPublicKeyInfo) from PEM.
    static func publicKey(pem: String) throws(CryptoError) -> ECKey {
        let handle = Secret(pem).withBytes { bytes -> OpaquePointer? in
            guard let file = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(file) }
            return PEM_read_bio_PUBKEY(file, nil, { _, _, _, _ in -1 }, nil)
        }
        return try ECKey(owning: handle)
    }

    /// The private key as PKCS #8 DER.
    func privateDER() throws(CryptoError) -> Secret {
        guard let info = EVP_PKEY2PKCS8(handle) else { throw .failed("EVP_PKEY2PKCS8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_PKCS8_PRIV_KEY_INFO(info, &start)
        guard count > 0, let start else { throw .failed("i2d_PKCS8_PRIV_KEY_INFO") }
        defer { CRYPTO_clear_free(start, Int(count), nil, 0) }
        return Secret(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// The private key as PKCS #8 PEM.
    func privatePEM() throws(CryptoError) -> Secret {
        let bytes = try pem { PEM_write_bio_PKCS8PrivateKey($0, handle, nil, nil, 0, nil, nil) }
        return Secret(bytes)
    }

    /// The public key as PEM.
    func publicPEM() throws(CryptoError) -> String {
        String(decoding: try pem { PEM_write_bio_PUBKEY($0, handle) }, as: UTF8.self)
    }

    private func pem(_ write: (OpaquePointer) -> Int32) throws(CryptoError) -> [UInt8] {
        guard let file = BIO_new(BIO_s_secmem()) else { throw .failed("BIO_new") }
        defer { BIO_free(file) }
        guard write(file) == 1 else { throw .failed("PEM_write") }
        var bytes = [UInt8](repeating: 0, count: 2_048)
        var count = 0
        guard BIO_read_ex(file, &bytes, bytes.count, &count) == 1 else { throw .failed("BIO_read_ex") }
        return Array(bytes[..<count])
    }
}
