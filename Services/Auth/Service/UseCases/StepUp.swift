import Audit
import AuthAPI
import Model
import SQL

/// Proves once more who holds a session, before it may change the configuration: by the directory password, under the
/// limits of sign-in (RL-01).
struct StepUp: Sendable {
    let collaborators: Collaborators

    /// Answers until when it is good.
    func run(_ session: Session, password: Secret, origin: Origin) async throws -> Timestamp {
        let now = collaborators.clock.now()
        let live = try await LiveRole.ofOperator(session, collaborators)
        let request = SignInRequest(store: session.account.store, login: live.account.login, password: password)
        let admitted: SignIn.Admitted
        do {
            admitted = try await SignIn(collaborators: collaborators).admit(request, origin, at: now)
        } catch AuthError.signInRejected {
            throw AuthError.stepUpRejected
        }
        // A login that was given to somebody else in this moment proves nothing about this session.
        guard admitted.live.account.id == session.account else { throw AuthError.stepUpRejected }
        try await collaborators.database.write { [collaborators] transaction in
            guard try SessionStore.stepUp(session.id, at: now, transaction) else { throw AuthError.notSignedIn }
            try SignInAttemptStore.takeBack(admitted.attempt, transaction)
            let event = AuditEvent(.signIn, by: .person(session, origin), at: now)
                .about(session.account, action: "stepUp")
            _ = try collaborators.audit.append(event, in: transaction)
        }
        return now + collaborators.limits.seconds(SecurityLimits.stepUpSeconds)
    }
}
