import Model

/// A private key that signs tokens and checkpoints: ES256 (ECDSA with P-256 and SHA-256, RFC 7518 §3.4).
public struct SigningKey: Sendable {
    private let key: ECKey

    /// What others verify with.
    public let publicKey: VerificationKey

    /// A new key.
    public static func generate() throws(CryptoError) -> SigningKey {
        try SigningKey(key: ECKey.generate())
    }

    /// Reads PKCS #8 DER, as `exportPKCS8` makes it.
    public init(pkcs8: Secret) throws(CryptoError) {
        try self.init(key: ECKey.privateKey(der: pkcs8))
    }

    /// Reads a PEM file that is not encrypted (PKCS #8 or SEC 1).
    public init(pem: Secret) throws(CryptoError) {
        try self.init(key: ECKey.privateKey(pem: pem))
    }

    private init(key: ECKey) throws(CryptoError) {
        self.key = key
        publicKey = try VerificationKey(key: key)
    }

    /// The key's id in tokens (`kid`): the thumbprint of its public half (RFC 7638).
    public var id: String { publicKey.id }

    /// The private key as PKCS #8 DER (RFC 5958), for sealing in a database.
    public func exportPKCS8() throws(CryptoError) -> Secret {
        try key.privateDER()
    }

    /// The private key as PEM, for a file of mode 0600.
    public func exportPEM() throws(CryptoError) -> Secret {
        try key.privatePEM()
    }

    /// The signature of these bytes, 64 bytes r || s.
    public func sign(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        try key.sign(bytes)
    }
}
