import Model

/// Whether an administrator may make, change or remove a role.
///
/// Roles say who may do what: an administrator changes them in the administrator's own stores only, leaves no role with
/// a reach beyond these, and touches none of higher rank, by which somebody could be raised above or pushed below it
/// (OP-04). Within that the permission to manage the configuration is the permission to give any permission, also to
/// oneself: who must not have all must not have that one.
public enum RoleChangeRule {
    /// A role as far as the rule looks at it.
    public struct Subject: Sendable {
        /// The store whose accounts it is given to.
        public let store: StoreID
        /// Its place; 1 is the highest rank.
        public let rank: Int
        /// The stores its holders may act in.
        public let scope: Set<StoreID>

        /// Collects the facts.
        public init(store: StoreID, rank: Int, scope: Set<StoreID>) {
            self.store = store
            self.rank = rank
            self.scope = scope
        }
    }

    /// Decides a change from one state to another; `nil`: there is none on that side.
    public static func decide(
        by administrator: LinkRule.Administrator, from old: Subject?, to new: Subject?
    ) -> Decision<NothingFurther> {
        for role in [old, new].compactMap(\.self) {
            if !administrator.scope.contains(role.store) { return .deny(.storeOutOfScope) }
            if role.rank < administrator.rank { return .deny(.roleOfHigherRank) }
        }
        // All that the changed role reaches, not only what is new: its criteria and permissions may be new too.
        let reach = new?.scope ?? []
        return reach.isSubset(of: administrator.scope) ? .allow(NothingFurther()) : .deny(.storeOutOfScope)
    }
}
