import AuthAPI
import Crypto
import Model
import Platform

/// The helpdesk service's own signed token (ST-01), reused until 30 seconds before it ends.
final class ServiceTokenSource: Sendable {
    private struct Token {
        let text: String
        let expires: Timestamp
    }

    private let key: SigningKey
    private let lifetime: Duration
    private let clock: any Clock
    private let random: any RandomSource
    private let current = Lock<Token?>(nil)

    init(key: SigningKey, lifetime: Duration, clock: any Clock, random: any RandomSource) {
        self.key = key
        self.lifetime = lifetime
        self.clock = clock
        self.random = random
    }

    func token() throws(CryptoError) -> String {
        let now = clock.now()
        if let token = current.withLock({ $0 }), now + .seconds(30) < token.expires { return token.text }
        let expires = now + lifetime
        let claims = TokenClaims(
            issuer: AuthNames.helpdeskService, audience: [AuthNames.authService],
            subject: AuthNames.helpdeskService, id: Base64URL.encode(random.bytes(16)), validity: now..<expires)
        let text = try JWT.sign(claims, type: .service, key: key)
        current.withLock { $0 = Token(text: text, expires: expires) }
        return text
    }
}
