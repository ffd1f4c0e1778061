import AuthAPI
import Crypto
import Model
import Platform
import StrictJSON

/// What an operator's access token says.
public struct AccessClaims: Sendable, Equatable {
    /// The session.
    public let session: SessionID
    /// Who signed in.
    public let account: AccountID
    /// When the token ends.
    public let expires: Timestamp
}

/// Checks operators' access tokens at the edge of the helpdesk service.
///
/// A verified token is remembered until it expires, because its signature cannot change. It says who signed in, not
/// that the session is still alive: whoever acts asks the auth service for that (OP-01).
public final class AccessTokenVerifier: Sendable {
    private let keys: AuthKeySet
    private let clock: any Clock
    private let known = Lock(VerifiedTokens())

    /// A verifier with an empty memory.
    public init(keys: AuthKeySet, clock: any Clock) {
        self.keys = keys
        self.clock = clock
    }

    /// The claims of a valid token; `nil` for anything else, without saying why.
    ///
    /// - Throws: when the key is not known and the auth service cannot be asked for it.
    public func claims(of token: String) async throws(CallerVerificationError) -> AccessClaims? {
        let now = clock.now()
        if let claims = known.withLock({ $0[token] }) { return now < claims.expires ? claims : nil }
        guard let id = JWT.unverifiedKeyID(of: token), let key = try await keys.key(id) else { return nil }
        guard
            let payload = try? JWT.verify(
                token,
                as: TokenExpectation(
                    type: .access, audience: AuthNames.helpdeskService, issuer: AuthNames.authService),
                keys: { $0 == id ? key : nil }, now: now),
            let claims = AccessClaims(payload: payload), now < claims.expires
        else { return nil }
        known.withLock { $0.remember(claims, for: token, now: now) }
        return claims
    }
}

extension AccessClaims {
    fileprivate init?(payload: JSON) {
        guard let session = payload["sid"]?.stringValue.flatMap({ SessionID($0) }),
            let account = payload["sub"]?.stringValue.flatMap({ AccountID($0) }),
            let seconds = payload["exp"]?.integerValue
        else { return nil }
        self.init(session: session, account: account, expires: Timestamp(seconds: seconds))
    }
}

/// Verified tokens until they expire, at most 10,000: past that the expired ones go, and if none has, all.
private struct VerifiedTokens {
    private var entries: [String: AccessClaims] = [:]

    subscript(token: String) -> AccessClaims? { entries[token] }

    mutating func remember(_ claims: AccessClaims, for token: String, now: Timestamp) {
        if entries.count >= 10_000 {
            entries = entries.filter { $0.value.expires > now }
            if entries.count >= 10_000 { entries.removeAll() }
        }
        entries[token] = claims
    }
}
