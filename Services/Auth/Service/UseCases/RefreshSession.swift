import Audit
import AuthAPI
import Crypto
import Model
import SQL

/// Gives a new access token for a refresh token, which is spent by it.
///
/// A refresh token that was spent before is a stolen one, or its thief's: the session ends (RFC 9700 §4.14.2). Of two
/// posts of one token at the same moment one is served and the other refused.
struct RefreshSession: Sendable {
    let collaborators: Collaborators

    func run(_ request: RefreshRequest, origin: Origin) async throws -> SessionGrant {
        let now = collaborators.clock.now()
        let presented = Digest.sha256(request.refreshToken.copyBytes())
        let known = try await collaborators.database.read { try SessionStore.find(refreshHash: presented, $0) }
        guard let (session, isSpent) = known else { throw AuthError.notSignedIn }
        if isSpent {
            try await endStolen(session, origin, at: now)
            throw AuthError.notSignedIn
        }
        // Asked before the token is spent: a store that does not answer must not cost the person the session.
        let live = try await LiveRole.ofOperator(session, collaborators)
        let renewed = OpenedSession(session: session, collaborators: collaborators)
        let isRotated = try await collaborators.database.write { [collaborators] transaction in
            guard let (current, isSpent) = try SessionStore.find(refreshHash: presented, transaction), !isSpent,
                current.isAlive(at: now, limits: collaborators.limits)
            else { return false }
            return try SessionStore.rotate(
                session.id, from: presented, to: renewed.refreshHash, at: now, transaction)
        }
        guard isRotated else { throw AuthError.notSignedIn }
        return try renewed.grant(
            displayName: live.account.displayName, role: live.role, collaborators, at: now)
    }

    private func endStolen(_ session: Session, _ origin: Origin, at now: Timestamp) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            guard try SessionStore.end(session.id, at: now, transaction) else { return }
            let event = AuditEvent(.signOut, .failure, by: .person(session, origin), at: now)
                .about(session.account).because("refreshTokenReused")
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
