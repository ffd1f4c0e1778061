import Model

/// Whether an operator may reset or unlock an account at all, and whether a proof is demanded (P1-P4, OP-03, OP-04,
/// OP-05).
public enum ActionRule {
    /// The operator's side of the facts.
    public struct Operator: Sendable {
        /// Who acts.
        public let account: AccountID
        /// What the operator's role may do.
        public let permissions: Set<Permission>
        /// The stores the role reaches.
        public let scope: Set<StoreID>
        /// How the role works at the desk.
        public let desk: HelpdeskPolicy
        /// The role's priority; 1 is the highest rank.
        public let rank: Int

        /// Collects the operator's facts.
        public init(
            account: AccountID, permissions: Set<Permission>, scope: Set<StoreID>, desk: HelpdeskPolicy, rank: Int
        ) {
            self.account = account
            self.permissions = permissions
            self.scope = scope
            self.desk = desk
            self.rank = rank
        }
    }

    /// The account's side of the facts.
    public struct Target: Sendable {
        /// The account acted on.
        public let account: AccountID
        /// Every account of the same person, this one included.
        public let samePerson: Set<AccountID>
        /// Where the account stands in its directory.
        public let container: Container
        /// Whether the account, or the enrolled master it is linked to, is enrolled with anything.
        public let isEnrolled: Bool
        /// Whether the account is a member of a protected group, or whether that could not be found out (OP-04).
        public let isProtected: Bool
        /// The priority of the account's own role where that role works at the desk; `nil`: not an operator.
        public let operatorRank: Int?
        /// Whether the store can unlock accounts.
        public let canUnlock: Bool

        /// Collects the target's facts.
        public init(
            account: AccountID, samePerson: Set<AccountID>, container: Container, isEnrolled: Bool,
            isProtected: Bool, operatorRank: Int?, canUnlock: Bool
        ) {
            self.account = account
            self.samePerson = samePerson
            self.container = container
            self.isEnrolled = isEnrolled
            self.isProtected = isProtected
            self.operatorRank = operatorRank
            self.canUnlock = canUnlock
        }
    }

    /// What has to come with an allowed act.
    public struct Obligations: Sendable, Equatable {
        /// A redeemed proof is demanded.
        public let needsProof: Bool
        /// There is an Authenticate page: the user is enrolled.
        public let offersVerification: Bool

        /// Makes it of its parts.
        public init(needsProof: Bool, offersVerification: Bool) {
            self.needsProof = needsProof
            self.offersVerification = offersVerification
        }
    }

    /// Decides one account.
    public static func decide(
        _ action: HelpdeskAction, by actor: Operator, on target: Target
    ) -> Decision<Obligations> {
        let reach = reachRefusal(action.permission, actor, target, unlocks: action == .unlockAccount)
        if let refusal = reach ?? rankRefusal(actor, target) { return .deny(refusal) }
        let peer = target.operatorRank == actor.rank
        switch actor.desk.mode {
        case .restricted:
            return target.isEnrolled
                ? .allow(Obligations(needsProof: true, offersVerification: true)) : .deny(.notEnrolled)
        case .unrestricted:
            if peer && !target.isEnrolled { return .deny(.equalRankNeedsProof) }
            return .allow(Obligations(needsProof: peer, offersVerification: target.isEnrolled))
        }
    }

    /// What keeps an operator away from an account, whatever is to be done with it.
    static func reachRefusal(
        _ permission: Permission, _ actor: Operator, _ target: Target, unlocks: Bool = false
    ) -> Refusal? {
        if !actor.permissions.contains(permission) { return .permissionMissing }
        if !actor.scope.contains(target.account.store) { return .storeOutOfScope }
        if target.samePerson.union([target.account]).contains(actor.account) { return .ownAccount }
        if unlocks && !target.canUnlock { return .unlockUnsupported }
        // The limits of P4 belong to restricted mode; an unrestricted role has none.
        if actor.desk.mode == .restricted, let limit = actor.desk.container, !limit.holds(target.container) {
            return .outsideContainer
        }
        return nil
    }

    /// What protects an account from an operator (OP-04).
    static func rankRefusal(_ actor: Operator, _ target: Target) -> Refusal? {
        if target.isProtected { return .protectedAccount }
        guard let rank = target.operatorRank else { return nil }
        return rank < actor.rank ? .protectedAccount : nil
    }
}
