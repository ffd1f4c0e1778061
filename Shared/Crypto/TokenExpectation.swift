/// What a token has to be to be looked at: fixed by who verifies, never by the token (TK-01, TK-02).
public struct TokenExpectation: Sendable, Equatable {
    /// The kind of token.
    public let type: TokenType
    /// Us; `aud` has to name it.
    public let audience: String
    /// Who made it; `iss` has to be it.
    public let issuer: String

    /// Expects this kind of token, for this audience, from this issuer.
    public init(type: TokenType, audience: String, issuer: String) {
        self.type = type
        self.audience = audience
        self.issuer = issuer
    }
}
