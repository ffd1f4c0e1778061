import AuthAPI
import Model
import Policy
import SQL

/// What an act of an operator on a user would take, decided by the rules an act itself is decided by, for an administrator.
/// Nothing is begun by it.
struct ExplainAct: Sendable {
    let collaborators: Collaborators
    let origin: Origin

    func run(
        _ action: HelpdeskAction, by operatorAccount: AccountID, on user: AccountID, for session: Session
    ) async throws -> ActFacts {
        let scope = try await LiveRole.ofOperator(session, collaborators).role.scope
        guard scope.isSuperset(of: [operatorAccount.store, user.store]) else {
            throw AuthError.refused(.storeOutOfScope)
        }
        let actor = try await LiveRole.find(operatorAccount, collaborators)
        let target = try await find(user)
        let enrollments = try await collaborators.database.read { connection in
            let master = try LinkStore.master(of: user, connection)
            return AccountEnrollments(
                account: user, master: master, samePerson: try LinkStore.samePerson(as: user, connection),
                types: Set(try EnrollmentStore.all(of: master, connection).map(\.type)),
                operatorRank: target.flatMap { $0.role.isOperator ? $0.role.priority : nil })
        }
        let (verification, reason) = try await verification(action, by: actor, on: user)
        let role = actor.role
        return ActFacts(
            operatorRole: role.id, rank: role.priority, scope: role.scope, permissions: role.permissions,
            policy: role.helpdesk, userRole: target?.role.id, enrollments: enrollments, verification: verification,
            secondPerson: reason)
    }

    /// The user's account and role; `nil`: without a role, or not there.
    private func find(_ user: AccountID) async throws -> LiveRole? {
        do {
            return try await LiveRole.find(user, collaborators)
        } catch AuthError.accountNotFound {
            return nil
        }
    }

    private func verification(
        _ action: HelpdeskAction, by actor: LiveRole, on user: AccountID
    ) async throws -> (ActFacts.Verification, ApprovalReason?) {
        do {
            let facts = try await VerificationFacts.load(actor, accounts: [user], collaborators)
            return try await collaborators.database.read { [collaborators, origin] connection in
                let requirement = try facts.requirement(
                    action: action, at: collaborators.clock.now(), collaborators, connection)
                let needed = requirement.stillNeeded(after: [])
                let reason = try AskSecondPerson(collaborators: collaborators, origin: origin)
                    .reason(for: action, facts, connection)
                return (.needed(types: needed.mandatory, further: needed.further, of: needed.of), reason)
            }
        } catch AuthError.refused(let refusal) {
            return (.refused(refusal.rawValue), nil)
        } catch AuthError.accountNotFound {
            // Nobody holds a role there: what its rank is, is not known, and it counts as protected (OP-04).
            return (.refused(Refusal.protectedAccount.rawValue), nil)
        }
    }
}
