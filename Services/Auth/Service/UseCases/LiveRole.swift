import Directory
import Model
import Policy

/// Who somebody is and which role they hold, asked of the directory at the moment it matters.
struct LiveRole: Sendable {
    let account: DirectoryAccount
    let role: Role
    /// Names the state of all roles in which this was found (VS-02).
    let policyVersion: String

    /// The account and its role. Neither a missing account nor one without a role may do anything.
    static func find(_ id: AccountID, _ collaborators: Collaborators) async throws -> LiveRole {
        guard let store = collaborators.stores.store(of: id) else { throw AuthError.accountNotFound }
        let found: DirectoryAccount?
        do {
            found = try await store.account(id)
        } catch {
            throw AuthError.storeUnavailable(id.store)
        }
        // Asked for after the directory has answered: what changed meanwhile counts.
        let roles = try await collaborators.roles.current()
        guard let account = found, let role = roles.role(of: account) else { throw AuthError.accountNotFound }
        return LiveRole(account: account, role: role, policyVersion: roles.version)
    }

    /// The same for somebody signed in: a role lost since ends what the session may do.
    static func ofOperator(_ session: Session, _ collaborators: Collaborators) async throws -> LiveRole {
        do {
            return try await find(session.account, collaborators)
        } catch AuthError.accountNotFound {
            throw AuthError.notSignedIn
        }
    }
}
