import AuthAPI
import Crypto
import Model
import Platform
import StrictJSON

/// Checks access tokens and service tokens.
///
/// A verified token is remembered until it expires: its signature cannot change, and checking it again costs more than
/// the rest of a request. Whether the session is still alive is never remembered, it is asked at every request (OP-01).
final class TokenReader: Sendable {
    /// What an access token says.
    struct AccessClaims: Sendable {
        let session: SessionID
        let account: AccountID
        let expires: Timestamp
    }

    private static let accessToken = TokenExpectation(
        type: .access, audience: AuthNames.authService, issuer: AuthNames.authService)
    private static let serviceToken = TokenExpectation(
        type: .service, audience: AuthNames.authService, issuer: AuthNames.helpdeskService)

    private let skew = SecurityLimits.clockSkew
    private let issuer: TokenIssuer
    private let helpdeskKeys: [String: VerificationKey]
    private let access = Lock(TokenCache<AccessClaims>())
    private let service = Lock(TokenCache<Timestamp>())

    /// - Parameter helpdeskKeys: the pinned public halves of the helpdesk service's keys (ST-01).
    init(issuer: TokenIssuer, helpdeskKeys: [VerificationKey]) {
        self.issuer = issuer
        self.helpdeskKeys = Dictionary(helpdeskKeys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The claims of a valid access token; `nil` for anything else, without saying why.
    func accessClaims(_ token: String, now: Timestamp) -> AccessClaims? {
        if let known = access.withLock({ $0[token] }) { return now < known.expires + skew ? known : nil }
        guard
            let payload = try? JWT.verify(
                token, as: Self.accessToken, keys: { [issuer] in issuer.verificationKey($0) }, now: now),
            let claims = AccessClaims(payload: payload)
        else { return nil }
        access.withLock { $0.remember(claims, for: token, until: claims.expires + skew, now: now) }
        return claims
    }

    /// Whether this is a valid token of the helpdesk service. One made to live longer than any service token may is
    /// refused, however well it is signed: a copy of it would be a key (ST-01).
    func isServiceToken(_ token: String, now: Timestamp) -> Bool {
        if let expires = service.withLock({ $0[token] }) { return now < expires + skew }
        guard
            let payload = try? JWT.verify(
                token, as: Self.serviceToken, keys: { [helpdeskKeys] in helpdeskKeys[$0] }, now: now),
            case .integer(let seconds)? = payload["exp"], case .integer(let issued)? = payload["iat"],
            seconds - issued <= Int64(SecurityLimits.serviceTokenSeconds.range.upperBound)
        else { return false }
        let expires = Timestamp(seconds: seconds)
        service.withLock { $0.remember(expires, for: token, until: expires + skew, now: now) }
        return true
    }
}

extension TokenReader.AccessClaims {
    fileprivate init?(payload: JSON) {
        guard case .string(let sid)? = payload["sid"], let session = SessionID(sid),
            case .string(let sub)? = payload["sub"], let account = AccountID(sub),
            case .integer(let exp)? = payload["exp"]
        else { return nil }
        self.init(session: session, account: account, expires: Timestamp(seconds: exp))
    }
}

/// Verified tokens until they expire, at most 10,000: past that the expired ones go, and if none has, all.
struct TokenCache<Value> {
    private var entries: [String: (value: Value, until: Timestamp)] = [:]

    subscript(token: String) -> Value? { entries[token]?.value }

    mutating func remember(_ value: Value, for token: String, until: Timestamp, now: Timestamp) {
        if entries.count >= 10_000 {
            entries = entries.filter { $0.value.until > now }
            if entries.count >= 10_000 { entries.removeAll() }
        }
        entries[token] = (value, until)
    }
}
