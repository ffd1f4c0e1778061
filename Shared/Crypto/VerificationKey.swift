import Model
import StrictJSON

/// A public key that verifies ES256 signatures.
public struct VerificationKey: Sendable, Equatable {
    private let key: ECKey
    private let x: String
    private let y: String

    /// The key's id in tokens (`kid`): its thumbprint (RFC 7638), so that an id cannot be claimed for another key.
    public let id: String

    /// Reads a public JWK (RFC 7517, RFC 7518 §6.2). Refused: another kind of key, a point that is not on the curve, a
    /// `kid` that is not the thumbprint, and a private key, which has no business in a file for public ones.
    public init(jwk: JSON) throws(CryptoError) {
        guard jwk["kty"]?.stringValue == "EC", jwk["crv"]?.stringValue == "P-256" else {
            throw .badKey("is no P-256 key")
        }
        guard jwk["d"] == nil else { throw .badKey("is a private key") }
        guard jwk["alg"].map({ $0.stringValue == "ES256" }) ?? true,
            jwk["use"].map({ $0.stringValue == "sig" }) ?? true
        else { throw .badKey("is not for ES256 signatures") }
        guard let x = jwk["x"]?.stringValue.flatMap({ Base64URL.decode($0) }),
            let y = jwk["y"]?.stringValue.flatMap({ Base64URL.decode($0) })
        else { throw .badKey("has no coordinates") }
        try self.init(key: ECKey.publicKey(x: x, y: y))
        guard jwk["kid"].map({ $0.stringValue == id }) ?? true else { throw .badKey("has a kid of another key") }
    }

    /// Reads a public key from PEM (SubjectPublicKeyInfo, RFC 5480).
    public init(pem: String) throws(CryptoError) {
        try self.init(key: ECKey.publicKey(pem: pem))
    }

    init(key: ECKey) throws(CryptoError) {
        self.key = key
        let point = try key.point()
        x = Base64URL.encode(point.x)
        y = Base64URL.encode(point.y)
        // RFC 7638 §3: the required members in lexicographic order, without white space.
        let members = JSON.object(["crv": "P-256", "kty": "EC", "x": .string(x), "y": .string(y)])
        id = Base64URL.encode(Digest.sha256(members.serialized()))
    }

    /// The public JWK, with `kid`, `use` and `alg`.
    public var jwk: JSON {
        .object([
            "kty": "EC", "crv": "P-256", "x": .string(x), "y": .string(y), "kid": .string(id), "use": "sig",
            "alg": "ES256",
        ])
    }

    /// The public key as PEM.
    public func exportPEM() throws(CryptoError) -> String {
        try key.publicPEM()
    }

    /// Whether this is a signature (64 bytes r || s) of these bytes.
    public func verify(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        key.isSignature(signature, of: bytes)
    }

    /// The same point.
    public static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.id == right.id
    }
}
