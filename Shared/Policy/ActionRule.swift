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

    /// The rules about one account, in the order in which they are asked.
    public enum Rule: String, CaseIterable, Sendable {
        /// The role has the permission that opens the action (P1).
        case permission
        /// The role reaches the account's store.
        case reach
        /// Nobody acts on an account of their own (OP-03).
        case ownAccount
        /// The store can do it (R5).
        case capability
        /// The account stands in the container the role is limited to (P4, OP-05).
        case container
        /// The account is not one the desk never touches (OP-04).
        case protection
        /// The account is not an operator's of higher rank (OP-04).
        case rank
        /// A caller can be proved where a proof is demanded (P1, P3, P4, OP-04).
        case enrollment
    }

    /// What one rule says to an act.
    public struct Finding: Sendable, Equatable {
        /// The rule.
        public let rule: Rule
        /// Why it says no; `nil`: it does not.
        public let refusal: Refusal?
    }

    /// What every rule says, in order. The first that says no decides: whoever decides and whoever explains reads this.
    public static func findings(
        _ action: HelpdeskAction, by actor: Operator, on target: Target
    ) -> [Finding] {
        let peer = target.operatorRank == actor.rank
        let enrollment: Refusal? =
            switch actor.desk.mode {
            case .restricted: target.isEnrolled ? nil : .notEnrolled
            case .unrestricted: peer && !target.isEnrolled ? .equalRankNeedsProof : nil
            }
        return reach(action.permission, actor, target, unlocks: action == .unlockAccount) + rank(actor, target)
            + [Finding(rule: .enrollment, refusal: enrollment)]
    }

    /// Decides one account.
    public static func decide(
        _ action: HelpdeskAction, by actor: Operator, on target: Target
    ) -> Decision<Obligations> {
        if let refusal = findings(action, by: actor, on: target).refusal { return .deny(refusal) }
        let needsProof = actor.desk.mode == .restricted || target.operatorRank == actor.rank
        return .allow(Obligations(needsProof: needsProof, offersVerification: target.isEnrolled))
    }

    /// What keeps an operator away from an account, whatever is to be done with it.
    static func reach(
        _ permission: Permission, _ actor: Operator, _ target: Target, unlocks: Bool = false
    ) -> [Finding] {
        let isOwn = target.samePerson.union([target.account]).contains(actor.account)
        // The limits of P4 belong to restricted mode; an unrestricted role has none.
        let isOutside = actor.desk.mode == .restricted && actor.desk.container?.holds(target.container) == false
        return [
            Finding(rule: .permission, refusal: actor.permissions.contains(permission) ? nil : .permissionMissing),
            Finding(rule: .reach, refusal: actor.scope.contains(target.account.store) ? nil : .storeOutOfScope),
            Finding(rule: .ownAccount, refusal: isOwn ? .ownAccount : nil),
            Finding(rule: .capability, refusal: unlocks && !target.canUnlock ? .unlockUnsupported : nil),
            Finding(rule: .container, refusal: isOutside ? .outsideContainer : nil),
        ]
    }

    /// What protects an account from an operator (OP-04).
    static func rank(_ actor: Operator, _ target: Target) -> [Finding] {
        let isHigher = target.operatorRank.map { $0 < actor.rank } ?? false
        return [
            Finding(rule: .protection, refusal: target.isProtected ? .protectedAccount : nil),
            Finding(rule: .rank, refusal: isHigher ? .protectedAccount : nil),
        ]
    }
}

extension [ActionRule.Finding] {
    /// What the first rule that says no says; `nil`: none does.
    public var refusal: Refusal? { lazy.compactMap(\.refusal).first }
}
