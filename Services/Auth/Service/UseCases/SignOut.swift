import Audit
import Model
import SQL

/// Ends a session; acts with its tokens are refused from then on.
struct SignOut: Sendable {
    let collaborators: Collaborators

    func run(_ session: Session, origin: Origin) async throws {
        let now = collaborators.clock.now()
        try await collaborators.database.write { [collaborators] transaction in
            guard try SessionStore.end(session.id, at: now, transaction) else { return }
            let event = AuditEvent(.signOut, by: .person(session, origin), at: now).about(session.account)
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
