/// Why a token is refused. For logs; the caller of a service is only told that it was.
public enum TokenError: Error, Sendable, Equatable {
    /// Longer than `JWT.maximumLength`.
    case tooLong
    /// Not three parts of base64url, or not JSON as we read it (duplicate members included), with the reason.
    case malformed(String)
    /// `alg` is not ES256.
    case algorithm
    /// `typ` is that of another kind of token.
    case type
    /// A header member other than `alg`, `typ` and `kid`, for example `jku`, `x5u`, `jwk` or `crit`.
    case header(String)
    /// No `kid`, or one we do not know.
    case unknownKey
    /// Not signed by that key.
    case signature
    /// `iss` is somebody else.
    case issuer
    /// `aud` does not name us.
    case audience
    /// `exp` has passed.
    case expired
    /// `iat` or `nbf` lies in the future.
    case notYetValid
    /// A claim is missing or has the wrong type.
    case claim(String)
}
