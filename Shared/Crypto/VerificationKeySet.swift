import StrictJSON

/// Public keys by id, as a JWK Set (RFC 7517 §5): what the auth service publishes, and what it pins of the helpdesk.
public struct VerificationKeySet: Sendable, Equatable {
    private let keys: [String: VerificationKey]

    /// These keys.
    public init(_ keys: [VerificationKey]) {
        self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a JWK Set, or a single JWK. One key that cannot be used refuses the whole set.
    public init(json: JSON) throws(CryptoError) {
        guard let members = json["keys"] else {
            self.init([try VerificationKey(jwk: json)])
            return
        }
        guard let list = members.arrayValue else { throw .badKey("keys is no array") }
        var keys: [VerificationKey] = []
        for jwk in list { keys.append(try VerificationKey(jwk: jwk)) }
        self.init(keys)
    }

    /// The key of this id.
    public subscript(id: String) -> VerificationKey? { keys[id] }

    /// The ids of all keys, sorted.
    public var ids: [String] { keys.keys.sorted() }

    /// The JWK Set, sorted by id.
    public var json: JSON {
        .object(["keys": .array(ids.compactMap { keys[$0]?.jwk })])
    }
}
