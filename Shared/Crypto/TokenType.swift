/// The kinds of tokens, told apart by their `typ` header (RFC 8725 §3.11), so that none passes for another (TK-02).
public enum TokenType: String, Sendable, CaseIterable {
    /// A signed-in person's.
    case access = "latchkey-access+jwt"
    /// One service speaking to the other.
    case service = "latchkey-service+jwt"
    /// A finished verification (VS-09).
    case proof = "latchkey-proof+jwt"
}
