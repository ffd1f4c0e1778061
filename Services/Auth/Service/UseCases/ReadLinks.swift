import Model
import SQL

/// The links of the person an account belongs to, for an administrator whose role reaches the account.
struct ReadLinks: Sendable {
    let collaborators: Collaborators

    func run(_ account: AccountID, for session: Session) async throws -> (master: AccountID, links: [AccountLink]) {
        let role = try await LiveRole.ofOperator(session, collaborators).role
        guard role.scope.contains(account.store) else { throw AuthError.refused(.storeOutOfScope) }
        return try await collaborators.database.read { connection in
            let master = try LinkStore.master(of: account, connection)
            return (master, try LinkStore.all(toMaster: master, connection))
        }
    }
}
