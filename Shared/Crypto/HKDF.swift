import COpenSSL
import Model

/// Keys out of a key (RFC 5869, EVP_KDF-HKDF(7)), so that one key file serves purposes that must not share a key.
enum HKDF {
    /// 32 bytes for one purpose, by HKDF-SHA-256.
    static func sha256(key: Secret, purpose: String, salt: String = "latchkey") throws(CryptoError) -> Secret {
        guard let algorithm = EVP_KDF_fetch(nil, "HKDF", nil) else { throw .failed("EVP_KDF_fetch") }
        defer { EVP_KDF_free(algorithm) }
        guard let context = EVP_KDF_CTX_new(algorithm) else { throw .failed("EVP_KDF_CTX_new") }
        defer { EVP_KDF_CTX_free(context) }
        let parameters = ParameterList()
        parameters.add(text: "SHA256", as: OSSL_KDF_PARAM_DIGEST)
        parameters.add(bytes: salt.utf8, as: OSSL_KDF_PARAM_SALT)
        parameters.add(bytes: purpose.utf8, as: OSSL_KDF_PARAM_INFO)
        key.withBytes { parameters.add(bytes: $0, as: OSSL_KDF_PARAM_KEY) }
        var output = [UInt8](repeating: 0, count: 32)
        defer { wipe(&output) }
        let isDone = parameters.withParameters { EVP_KDF_derive(context, &output, output.count, $0) == 1 }
        guard isDone else { throw .failed("EVP_KDF_derive") }
        return Secret(output)
    }
}
