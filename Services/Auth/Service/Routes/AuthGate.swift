import AuthAPI
import Model
import SQL
import Web

/// Who is calling, as far as a route demands to know.
enum AuthCaller: Sendable {
    case anybody
    /// A signed-in person, for themselves.
    case person(Session)
    /// The helpdesk service, with the operator on whose behalf it calls where it sent one.
    case helpdesk(operator: Session?)

    /// The signed-in person; anybody else is refused.
    var session: Session {
        get throws(AuthError) {
            guard case .person(let session) = self else { throw .notSignedIn }
            return session
        }
    }

    /// The administrator: in person, or by way of the helpdesk service.
    var administrator: Session {
        get throws(AuthError) {
            switch self {
            case .person(let session): return session
            case .helpdesk(let session?): return session
            case .helpdesk(nil), .anybody: throw .notSignedIn
            }
        }
    }

    /// The operator the helpdesk service calls for.
    var operatorSession: Session {
        get throws(AuthError) {
            guard case .helpdesk(let session?) = self else { throw .notSignedIn }
            return session
        }
    }
}

/// Lets a request through to its route, or does not.
///
/// Self-service takes a person's token alone, the desk's routes a service token alone (TK-02); an administrator's rows take
/// either, the service token with the operator's own beside it. The operator's
/// own token travels in a header of its own beside the service token, so that the helpdesk service cannot invent an
/// operator, and is looked at only where a valid service token came first (ST-01).
struct AuthGate: Sendable {
    let collaborators: Collaborators
    let tokens: TokenReader

    func authorize(_ request: Request, _ access: Access) async throws -> AuthCaller {
        switch access {
        case .anybody:
            return isFromHelpdesk(request) ? .helpdesk(operator: nil) : .anybody
        case .signedIn:
            return .person(try await personSession(request))
        case .permission(let permission):
            return try await administrator(holding: permission, request)
        case .stepUp(let permission):
            let caller = try await administrator(holding: permission, request)
            let now = collaborators.clock.now()
            guard try caller.administrator.steppedUpUntil(at: now, limits: collaborators.limits) != nil else {
                throw AuthError.stepUpRequired
            }
            return caller
        case .service:
            guard isFromHelpdesk(request) else { throw AuthError.notSignedIn }
            return try await helpdesk(request)
        }
    }

    private func administrator(holding permission: Permission, _ request: Request) async throws -> AuthCaller {
        let caller: AuthCaller =
            if isFromHelpdesk(request) { try await helpdesk(request) } else {
                .person(try await personSession(request))
            }
        let live = try await LiveRole.ofOperator(try caller.administrator, collaborators)
        guard live.role.permissions.contains(permission) else { throw AuthError.refused(.permissionMissing) }
        return caller
    }

    private func helpdesk(_ request: Request) async throws -> AuthCaller {
        guard let operatorToken = request.headers[AuthNames.operatorHeader] else { return .helpdesk(operator: nil) }
        return .helpdesk(operator: try await liveSession(operatorToken))
    }

    private func isFromHelpdesk(_ request: Request) -> Bool {
        request.bearerToken().map { tokens.isServiceToken($0, now: collaborators.clock.now()) } ?? false
    }

    private func personSession(_ request: Request) async throws -> Session {
        guard let token = request.bearerToken() else { throw AuthError.notSignedIn }
        return try await liveSession(token)
    }

    private func liveSession(_ token: String) async throws -> Session {
        let now = collaborators.clock.now()
        guard let claims = tokens.accessClaims(token, now: now) else { throw AuthError.notSignedIn }
        let session = try await collaborators.database.lookup { try SessionStore.find(claims.session, $0) }
        guard let session, session.account == claims.account, session.isAlive(at: now, limits: collaborators.limits)
        else { throw AuthError.notSignedIn }
        try await keepAlive(session, at: now)
        return session
    }

    /// Being used keeps a session from idling out. Written at most once a minute: the idle time is counted in minutes.
    private func keepAlive(_ session: Session, at now: Timestamp) async throws {
        guard now - session.usedAt > .seconds(60) else { return }
        try await collaborators.database.write { try SessionStore.touch(session.id, at: now, $0) }
    }
}
