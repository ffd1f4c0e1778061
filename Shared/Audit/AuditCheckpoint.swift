import Crypto
import Model
import StrictJSON

/// The end of a chain at a moment, signed: what shows that the chain was cut or written anew after it (AU-01).
public struct AuditCheckpoint: Sendable, Equatable {
    /// Whose chain.
    public let service: String
    /// Its end then.
    public let head: AuditHead
    /// When.
    public let at: Timestamp
    /// The key that signed it.
    public let keyID: String
    /// ES256 over the canonical bytes (README).
    public let signature: [UInt8]

    /// Signs the end of a chain.
    public init(service: String, head: AuditHead, at: Timestamp, key: SigningKey) throws(CryptoError) {
        self.service = service
        self.head = head
        self.at = at
        keyID = key.id
        signature = try key.sign(Self.canonicalBytes(service, head, at))
    }

    /// Whether the signature is by one of the keys.
    public func isSigned(by keys: (String) -> VerificationKey?) -> Bool {
        keys(keyID)?.verify(signature, of: Self.canonicalBytes(service, head, at)) ?? false
    }

    private static func canonicalBytes(_ service: String, _ head: AuditHead, _ at: Timestamp) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.append("latchkey-checkpoint-1")
        bytes.append(service)
        bytes.append(head.sequence)
        bytes.append(head.hash)
        bytes.append(at.microseconds)
        return bytes.bytes
    }
}

extension AuditCheckpoint {
    /// The content of the file.
    public var json: JSON {
        .object([
            "service": .string(service), "sequence": .integer(head.sequence), "hash": .string(hexadecimal(head.hash)),
            "at": .string(exactTime(at)), "kid": .string(keyID), "signature": .string(Base64URL.encode(signature)),
        ])
    }

    /// Reads the content of the file, strictly; the signature is not checked yet.
    public init(json: JSON) throws(JSONError) {
        var reader = try JSONObjectReader(json)
        service = try reader.string("service")
        head = AuditHead(
            sequence: try reader.integer("sequence", in: 0...Int64.max), hash: try reader.parsed("hash", parseHash))
        at = try reader.parsed("at") { Timestamp(rfc3339: $0) }
        keyID = try reader.string("kid")
        signature = try reader.parsed("signature") { Base64URL.decode($0) }
        try reader.finish()
    }
}
