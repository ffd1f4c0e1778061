import Directory
import Model
import Policy
import StrictJSON

/// Which role an account holds, and why: how it stands to every role of its store, by the rule that gives it one.
struct ExplainRole: Sendable {
    let collaborators: Collaborators

    func run(_ id: AccountID, for session: Session) async throws -> JSON {
        let scope = try await LiveRole.ofOperator(session, collaborators).role.scope
        guard scope.contains(id.store) else { throw AuthError.refused(.storeOutOfScope) }
        let account = try await find(id)
        let book = try await collaborators.roles.current()
        let standings = book.standings(of: account)
        let held = book.role(of: account)
        return .object([
            "account": .string(id.text), "login": .string(account.login),
            "role": held.map { .string($0.id.text) },
            "without": held == nil ? reason(account) : JSON?.none,
            "roles": .array(
                standings.map { standing in
                    .object([
                        "role": .string(standing.role.id.text), "priority": .integer(Int64(standing.role.priority)),
                        "met": .bool(standing.isMet), "because": .string(standing.sentence),
                    ])
                }),
        ])
    }

    /// Why an account holds no role: every store has one for everybody.
    private func reason(_ account: DirectoryAccount) -> JSON {
        .string(account.isDisabled ? "accountDisabled" : "accountExpired")
    }

    private func find(_ id: AccountID) async throws -> DirectoryAccount {
        guard let store = collaborators.stores.store(of: id) else { throw AuthError.accountNotFound }
        let found: DirectoryAccount?
        do {
            found = try await store.account(id)
        } catch {
            throw AuthError.storeUnavailable(id.store)
        }
        guard let found else { throw AuthError.accountNotFound }
        return found
    }
}

extension RoleRule.Standing {
    /// Why it is met, or not, in words.
    fileprivate var sentence: String {
        switch role.criteria {
        case .everyone: "The role is for everybody in the store."
        case .group(let name):
            "The account is \(isMet ? "" : "not ")a member of the group \(name), directly or by another group."
        case .container(let container):
            "The account stands \(isMet ? "" : "not ")in \(container) or below it."
        }
    }
}
