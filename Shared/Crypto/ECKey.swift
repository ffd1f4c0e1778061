import COpenSSL
import Model

/// Owns one P-256 key of OpenSSL. `@unchecked Sendable`: the key is not changed after `init`, and each operation has a
/// context of its own (EVP_PKEY(7)).
final class ECKey: @unchecked Sendable {
    let handle: OpaquePointer

    /// Takes ownership. Refuses what is no P-256 key.
    init(owning handle: OpaquePointer?) throws(CryptoError) {
        guard let handle else { throw .badKey("cannot be read") }
        self.handle = handle
        var name = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_group_name(handle, &name, name.count, nil) == 1,
            name.prefix(while: { $0 != 0 }).elementsEqual("prime256v1".utf8.map { CChar(bitPattern: $0) })
        else { throw .badKey("is no P-256 key") }
    }

    deinit { EVP_PKEY_free(handle) }

    /// A new key pair (EVP_PKEY_generate(3)).
    static func generate() throws(CryptoError) -> ECKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw .failed("EVP_PKEY_CTX") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_generate(context, &key) == 1
        else { throw .failed("EVP_PKEY_generate") }
        return try ECKey(owning: key)
    }

    /// A public key from its point (FIPS 186-5); refuses a point that is not on the curve.
    static func publicKey(x: [UInt8], y: [UInt8]) throws(CryptoError) -> ECKey {
        guard x.count == 32, y.count == 32 else { throw .badKey("coordinates need 32 bytes") }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw .failed("EVP_PKEY_CTX") }
        defer { EVP_PKEY_CTX_free(context) }
        let parameters = ParameterList()
        parameters.add(text: "prime256v1", as: OSSL_PKEY_PARAM_GROUP_NAME)
        parameters.add(bytes: [0x04] + x + y, as: OSSL_PKEY_PARAM_PUB_KEY)
        var key: OpaquePointer?
        let isMade = parameters.withParameters { list in
            EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &key, COpenSSL_PUBLIC_KEY, list) == 1
        }
        guard isMade else { throw .badKey("is not on the curve") }
        return try ECKey(owning: key)
    }

    /// The point's coordinates, 32 bytes each.
    func point() throws(CryptoError) -> (x: [UInt8], y: [UInt8]) {
        (try coordinate(OSSL_PKEY_PARAM_EC_PUB_X), try coordinate(OSSL_PKEY_PARAM_EC_PUB_Y))
    }

    private func coordinate(_ name: String) throws(CryptoError) -> [UInt8] {
        var number: OpaquePointer?
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard EVP_PKEY_get_bn_param(handle, name, &number) == 1, BN_bn2binpad(number, &bytes, 32) == 32 else {
            throw .badKey("has no point")
        }
        return bytes
    }
}
