import Directory
import Model
import Policy

/// Who somebody is and which role they hold, asked of the directory at the moment it matters.
struct LiveRole: Sendable {
    let account: DirectoryAccount
    let role: Role

    /// The account and its role. Neither a missing account nor one without a role may do anything.
    static func find(_ id: AccountID, _ collaborators: Collaborators) async throws(AuthError) -> LiveRole {
        guard let store = collaborators.stores.store(of: id) else { throw .accountNotFound }
        let found: DirectoryAccount?
        do {
            found = try await store.account(id)
        } catch {
            throw .storeUnavailable(id.store)
        }
        guard let account = found, let role = collaborators.roles.role(of: account) else { throw .accountNotFound }
        return LiveRole(account: account, role: role)
    }

    /// The same for somebody signed in: a role lost since ends what the session may do.
    static func ofOperator(_ session: Session, _ collaborators: Collaborators) async throws(AuthError) -> LiveRole {
        do {
            return try await find(session.account, collaborators)
        } catch .accountNotFound {
            throw .notSignedIn
        }
    }
}
