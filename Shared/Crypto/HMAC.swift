import COpenSSL
import Model

/// Keyed hashes (RFC 2104).
public enum HMAC {
    /// HMAC-SHA-1, 20 bytes; only for TOTP.
    public static func sha1(key: Secret, _ bytes: some Collection<UInt8>) -> [UInt8] {
        compute(EVP_sha1(), 20, key, bytes)
    }

    /// HMAC-SHA-256, 32 bytes.
    public static func sha256(key: Secret, _ bytes: some Collection<UInt8>) -> [UInt8] {
        compute(EVP_sha256(), 32, key, bytes)
    }

    /// HMAC-SHA-512, 64 bytes.
    public static func sha512(key: Secret, _ bytes: some Collection<UInt8>) -> [UInt8] {
        compute(EVP_sha512(), 64, key, bytes)
    }

    private static func compute(
        _ digest: OpaquePointer?, _ count: Int, _ key: Secret, _ bytes: some Collection<UInt8>
    ) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: count)
        let answer = key.withBytes { key in
            withContiguousBytes(bytes) { source in
                COpenSSL.HMAC(
                    digest, key.baseAddress, Int32(clamping: key.count), source.baseAddress, source.count, &code, nil)
            }
        }
        // It fails only when memory has run out, where Swift itself ends the process.
        precondition(answer != nil, "HMAC(3) failed")
        return code
    }
}
