import AuthAPI
import Model

/// What an operator may do right now (OP-01): the session was found alive on the way in, the role is asked live.
struct ReadAuthority: Sendable {
    let collaborators: Collaborators

    func run(_ session: Session, account: AccountID) async throws -> OperatorAuthority {
        guard account == session.account else { throw AuthError.notSignedIn }
        let live = try await LiveRole.ofOperator(session, collaborators)
        return OperatorAuthority(
            account: account, session: session.id, role: live.role, policyVersion: live.policyVersion)
    }
}
