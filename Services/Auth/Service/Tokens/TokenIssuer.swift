import AuthAPI
import Crypto
import Model
import Platform
import SQL
import StrictJSON

/// Signs access tokens and proofs, and publishes the public halves.
///
/// Keys are rows of the database, so that replicas share them and a rotation reaches a running service: it looks for
/// new ones every few seconds (`reload`). A retired key signs no more but stays published until the last token it
/// signed has expired (TK-03).
public final class TokenIssuer: Sendable {
    private struct Keys {
        var signing: SigningKey?
        var published: [JSON] = []
        var verifying: [String: VerificationKey] = [:]
    }

    private let keys = Lock(Keys())
    private let keyring: Keyring
    private let limits: SecurityLimits

    /// Starts without keys; `reload` before the first token.
    public init(keyring: Keyring, limits: SecurityLimits) {
        self.keyring = keyring
        self.limits = limits
    }

    /// Takes up the keys as the database has them.
    public func reload(from database: any Database, at now: Timestamp) async throws {
        let stored = try await database.read { try SigningKeyStore.all($0) }
        var fresh = Keys()
        let signing = Self.signing(among: stored, at: now)
        for row in stored where row.retiredAt.map({ now < $0 + tail }) ?? true {
            let jwk = try JSON.parse(Array(row.publicJWK.utf8))
            fresh.published.append(jwk)
            fresh.verifying[row.kid] = try VerificationKey(jwk: jwk)
            if row.kid == signing?.kid {
                let secret = try keyring.open(row.sealed, context: StoredSigningKey.context(row.kid))
                fresh.signing = try SigningKey(pkcs8: secret)
            }
        }
        let taken = fresh
        keys.withLock { $0 = taken }
    }

    /// How long a new key is only published before it signs: long enough for every replica, and whoever fetches the key
    /// set, to know it before they see a token of it (TK-03).
    static let ripening = Duration.seconds(15)

    /// The newest key that is ripe; until one is, the key that signed before goes on. A first key has nobody to wait for.
    private static func signing(among stored: [StoredSigningKey], at now: Timestamp) -> StoredSigningKey? {
        let usable = stored.filter { row in row.retiredAt.map { now < $0 + ripening } ?? true }
        return usable.last { $0.createdAt + ripening <= now } ?? usable.first
    }

    /// How long a retired key still verifies: the life of the longest token, the clocks' difference, and the time a
    /// running service needs to notice.
    private var tail: Duration {
        let longest = max(limits[SecurityLimits.accessTokenSeconds], limits[SecurityLimits.proofSeconds])
        return .seconds(longest) + SecurityLimits.clockSkew + .seconds(60)
    }

    /// Whether tokens can be signed.
    public var isReady: Bool { keys.withLock { $0.signing != nil } }

    /// The key set as it is published (RFC 7517 §5).
    public var keySet: JSON {
        .object(["keys": .array(keys.withLock { $0.published })])
    }

    func verificationKey(_ kid: String) -> VerificationKey? {
        keys.withLock { $0.verifying[kid] }
    }

    /// The access token of a session: names both services as its audience (TK-02).
    func accessToken(of session: Session, at now: Timestamp, id: String) throws -> String {
        try sign(
            .access, lifetime: limits[SecurityLimits.accessTokenSeconds], at: now,
            [
                JSONMember(
                    name: "aud",
                    value: .array([.string(AuthNames.authService), .string(AuthNames.helpdeskService)])),
                JSONMember(name: "sub", value: .string(session.account.text)),
                JSONMember(name: "sid", value: .string(session.id.text)),
                JSONMember(name: "jti", value: .string(id)),
            ])
    }

    /// The proof of a verification, for the helpdesk alone (VS-09).
    func proof(_ claims: ProofClaims, subject: AccountID, at now: Timestamp, id: String) throws -> String {
        try sign(
            .proof, lifetime: limits[SecurityLimits.proofSeconds], at: now,
            [
                JSONMember(name: "aud", value: .string(AuthNames.helpdeskService)),
                JSONMember(name: "sub", value: .string(subject.text)),
                JSONMember(name: "jti", value: .string(id)),
            ] + claims.members)
    }

    private func sign(
        _ type: TokenType, lifetime: Int, at now: Timestamp, _ members: [JSONMember]
    ) throws -> String {
        guard let key = keys.withLock({ $0.signing }) else { throw TokenIssuerError.noSigningKey }
        let registered = [
            JSONMember(name: "iss", value: .string(AuthNames.authService)),
            JSONMember(name: "iat", value: .integer(now.seconds)),
            JSONMember(name: "exp", value: .integer(now.seconds + Int64(lifetime))),
        ]
        return try JWT.sign(JSON.object(registered + members), type: type, key: key)
    }
}

/// Why no token could be signed.
enum TokenIssuerError: Error {
    /// The database holds no current signing key: `latchkey init` or `latchkey keys rotate` makes one.
    case noSigningKey
}
