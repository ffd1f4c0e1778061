import AuthAPI
import AuthClient
import Directory
import Model
import Policy

/// What is known of an account that may be acted on, asked of the directory and the auth service just now.
struct TargetFacts: Sendable {
    let account: DirectoryAccount
    let enrollments: AccountEnrollments
    let store: any IdentityStore
    /// The auth service finds no role for the account (disabled, expired, outside every role). What rank it has is then
    /// not known, and what is not known counts as protected (OP-04).
    let hasNoRole: Bool

    var id: AccountID { account.id }
    /// The account itself or the enrolled master it is linked to.
    var isEnrolled: Bool { !enrollments.types.isEmpty }

    /// What every rule says to it.
    func findings(
        _ action: HelpdeskAction, by actor: ActionRule.Operator, protecting protected: ProtectedAccounts
    ) -> [ActionRule.Finding] {
        ActionRule.findings(action, by: actor, on: target(protecting: protected))
    }

    /// Whether the operator may do this to the account.
    func decide(
        _ action: HelpdeskAction, by authority: OperatorAuthority, protecting protected: ProtectedAccounts
    ) -> Decision<ActionRule.Obligations> {
        decide(action, by: authority.actor, protecting: protected)
    }

    /// The same for an operator whose facts are known.
    func decide(
        _ action: HelpdeskAction, by actor: ActionRule.Operator, protecting protected: ProtectedAccounts
    ) -> Decision<ActionRule.Obligations> {
        ActionRule.decide(action, by: actor, on: target(protecting: protected))
    }

    /// Whether the operator may remove what the account is enrolled with.
    func decideUnenroll(
        by authority: OperatorAuthority, protecting protected: ProtectedAccounts
    ) -> Decision<NothingFurther> {
        UnenrollRule.decide(by: authority.actor, on: target(protecting: protected))
    }

    private func target(protecting protected: ProtectedAccounts) -> ActionRule.Target {
        ActionRule.Target(
            account: id, samePerson: enrollments.samePerson, container: account.container, isEnrolled: isEnrolled,
            isProtected: hasNoRole || protected.hold(account), operatorRank: enrollments.operatorRank,
            canUnlock: store.capabilities.unlock.isSupported)
    }

    /// The same with the account as the directory shows it now.
    func with(_ fresh: DirectoryAccount) -> TargetFacts {
        TargetFacts(account: fresh, enrollments: enrollments, store: store, hasNoRole: hasNoRole)
    }

    /// Asks for everything.
    static func load(
        _ id: AccountID, for person: SignedIn, _ collaborators: Collaborators
    ) async throws(HelpdeskError) -> TargetFacts {
        guard let store = collaborators.stores.store(of: id) else { throw .accountNotFound }
        let found: DirectoryAccount?
        do throws(StoreError) {
            found = try await store.account(id)
        } catch {
            collaborators.log.warning("store.unavailable", ["store": .init(id.store)])
            throw .storeUnavailable(id.store)
        }
        guard let account = found else { throw .accountNotFound }
        do throws(CallerVerificationError) {
            let enrollments = try await collaborators.auth.enrollments(of: id, person.credentials)
            return TargetFacts(account: account, enrollments: enrollments, store: store, hasNoRole: false)
        } catch .refused(let refusal) where refusal.status == 404 {
            let none = AccountEnrollments(
                account: id, master: id, samePerson: [id], types: [], operatorRank: nil)
            return TargetFacts(account: account, enrollments: none, store: store, hasNoRole: true)
        } catch {
            throw HelpdeskError(error)
        }
    }
}

extension OperatorAuthority {
    /// The operator's side of the facts.
    fileprivate var actor: ActionRule.Operator {
        ActionRule.Operator(account: account, permissions: permissions, scope: scope, desk: policy, rank: rank)
    }
}
