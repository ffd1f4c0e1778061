import Model
import StrictJSON

/// What every token of ours says (RFC 7519 §4.1), and what one kind says besides.
public struct TokenClaims: Sendable, Equatable {
    /// Who made it (`iss`).
    public let issuer: String
    /// Whom it is for (`aud`).
    public let audience: [String]
    /// Whom it is about (`sub`).
    public let subject: String
    /// The token's own id (`jti`).
    public let id: String
    /// From `iat` to `exp`, in whole seconds.
    public let validity: Range<Timestamp>
    /// The claims of this kind of token.
    public var extra: [JSONMember]

    private static let names: Set<String> = ["iss", "aud", "sub", "jti", "iat", "exp"]

    /// Claims to sign; times are rounded down to seconds. Claims of the kind are put into `extra`.
    public init(issuer: String, audience: [String], subject: String, id: String, validity: Range<Timestamp>) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.id = id
        self.validity = validity
        extra = []
    }

    /// Reads the payload that `JWT.verify` answered.
    public init(_ payload: JSON) throws(TokenError) {
        guard let issuer = payload["iss"]?.stringValue else { throw .claim("iss") }
        guard let subject = payload["sub"]?.stringValue else { throw .claim("sub") }
        guard let id = payload["jti"]?.stringValue else { throw .claim("jti") }
        guard let issued = payload["iat"]?.integerValue else { throw .claim("iat") }
        guard let expires = payload["exp"]?.integerValue, issued < expires else { throw .claim("exp") }
        let audience = payload["aud"]?.arrayValue ?? payload["aud"].map { [$0] } ?? []
        self.init(
            issuer: issuer, audience: audience.compactMap(\.stringValue), subject: subject, id: id,
            validity: Timestamp(seconds: issued)..<Timestamp(seconds: expires))
        extra = (payload.objectValue ?? []).filter { !Self.names.contains($0.name) }
    }

    /// When it was made.
    public var issuedAt: Timestamp { validity.lowerBound }
    /// When it ends.
    public var expires: Timestamp { validity.upperBound }

    /// A claim of this kind of token.
    public subscript(name: String) -> JSON? { JSON.object(extra)[name] }

    /// The payload.
    public var json: JSON {
        let standard = [
            JSONMember(name: "iss", value: .string(issuer)),
            JSONMember(
                name: "aud", value: audience.count == 1 ? .string(audience[0]) : .array(audience.map(JSON.string))),
            JSONMember(name: "sub", value: .string(subject)),
            JSONMember(name: "jti", value: .string(id)),
            JSONMember(name: "iat", value: .integer(issuedAt.seconds)),
            JSONMember(name: "exp", value: .integer(expires.seconds)),
        ]
        return .object(standard + extra.filter { !Self.names.contains($0.name) })
    }
}
