import AuthAPI
import Crypto
import Model
import Platform
import TestSupport
import Testing

@testable import AuthClient

/// The helpdesk's own token, and the keys it keeps of the auth service.
@Suite struct ServiceTokenTests {
    /// ST-01
    @Test func `a service token is signed, short-lived, for the auth service, and used again`() throws {
        let clock = FixedClock()
        let key = try SigningKey.generate()
        let tokens = ServiceTokenSource(key: key, lifetime: .seconds(300), clock: clock, random: SystemRandom())
        let first = try tokens.token()
        let payload = try JWT.verify(
            first,
            as: TokenExpectation(type: .service, audience: AuthNames.authService, issuer: AuthNames.helpdeskService),
            keys: { $0 == key.id ? key.publicKey : nil }, now: clock.now())
        let claims = try TokenClaims(payload)
        #expect(claims.expires - claims.issuedAt == .seconds(300))
        clock.advance(by: .seconds(269))
        #expect(try tokens.token() == first)
        clock.advance(by: .seconds(2))
        #expect(try tokens.token() != first)
    }

    /// TK-03
    @Test func `a key that is not known is asked for, at most once a second`() async throws {
        let clock = FixedClock()
        let auth = try ScriptedAuth(clock: clock)
        let keys = AuthKeySet(auth: auth, clock: clock)
        #expect(try await keys.key(auth.key.id) == auth.key.publicKey)
        clock.advance(by: .seconds(2))
        auth.change { $0.failure = .unavailable(retryAfter: .seconds(5)) }
        await #expect(throws: CallerVerificationError.unavailable(retryAfter: .seconds(5))) {
            _ = try await keys.key("invented")
        }
        #expect(try await keys.key("invented too") == nil, "within the second nobody is asked")
        #expect(try await keys.key(auth.key.id) == auth.key.publicKey)
        clock.advance(by: .seconds(301))
        #expect(try await keys.key(auth.key.id) == auth.key.publicKey, "an old key serves while nobody answers")
    }
}
