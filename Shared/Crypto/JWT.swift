import Model
import StrictJSON

/// Signed tokens: compact JWS (RFC 7515, RFC 7519) by the rules of RFC 8725, with nothing left to the token to choose
/// (TK-01).
public enum JWT {
    /// Longest token that is looked at, in bytes.
    public static let maximumLength = 8_192

    /// Signs the claims under the key's id.
    public static func sign(_ claims: JSON, type: TokenType, key: SigningKey) throws(CryptoError) -> String {
        let header = JSON.object(["alg": "ES256", "typ": .string(type.rawValue), "kid": .string(key.id)])
        let signed = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
        return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
    }

    /// Signs the claims under the key's id.
    public static func sign(_ claims: TokenClaims, type: TokenType, key: SigningKey) throws(CryptoError) -> String {
        try sign(claims.json, type: type, key: key)
    }

    /// The payload of a token that is what was expected, signed by a known key and valid now.
    ///
    /// - Parameters:
    ///   - keys: the keys of this issuer, by `kid`.
    ///   - now: clocks may differ by `SecurityLimits.clockSkew`.
    public static func verify(
        _ token: String, as expected: TokenExpectation, keys: (String) -> VerificationKey?, now: Timestamp
    ) throws(TokenError) -> JSON {
        let parts = try TokenParts(token)
        try parts.checkHeader(type: expected.type)
        guard let id = parts.keyID, let key = keys(id) else { throw .unknownKey }
        guard key.verify(parts.signature, of: parts.signed) else { throw .signature }
        let claims = try parts.claims()
        guard isSame(claims["iss"]?.stringValue, expected.issuer) else { throw .issuer }
        guard names(claims["aud"], expected.audience) else { throw .audience }
        try checkTimes(claims, now: now)
        return claims
    }

    /// The `kid` a token names, before anything is verified: only good for fetching the key in time.
    public static func unverifiedKeyID(of token: String) -> String? {
        (try? TokenParts(token))?.keyID
    }

    private static func names(_ claim: JSON?, _ audience: String) -> Bool {
        if let list = claim?.arrayValue { return list.contains { isSame($0.stringValue, audience) } }
        return isSame(claim?.stringValue, audience)
    }

    private static func checkTimes(_ claims: JSON, now: Timestamp) throws(TokenError) {
        let skew = SecurityLimits.clockSkew
        let issued = try time("iat", claims)
        let expires = try time("exp", claims)
        guard issued < expires else { throw .claim("exp") }
        guard now < expires + skew else { throw .expired }
        guard issued <= now + skew else { throw .notYetValid }
        guard claims["nbf"] != nil else { return }
        guard try time("nbf", claims) <= now + skew else { throw .notYetValid }
    }

    private static func time(_ name: String, _ claims: JSON) throws(TokenError) -> Timestamp {
        guard let seconds = claims[name]?.integerValue, (0...253_402_300_799).contains(seconds) else {
            throw .claim(name)
        }
        return Timestamp(seconds: seconds)
    }

    /// Equal to the byte: `String ==` takes composed and decomposed spellings for the same.
    private static func isSame(_ left: String?, _ right: String) -> Bool {
        left?.utf8.elementsEqual(right.utf8) ?? false
    }
}
