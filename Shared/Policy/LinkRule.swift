import Model

/// Whether an administrator may link an account to a master, or part them.
///
/// A link makes the master's factors prove the caller for the linked account. So nobody links an account of their own:
/// an administrator could prove themselves for somebody else's account. Nor one of an operator of higher rank.
public enum LinkRule {
    /// The administrator.
    public struct Administrator: Sendable {
        /// Who acts.
        public let account: AccountID
        /// The stores the role reaches.
        public let scope: Set<StoreID>
        /// The role's priority; 1 is the highest rank.
        public let rank: Int

        /// Collects the administrator's facts.
        public init(account: AccountID, scope: Set<StoreID>, rank: Int) {
            self.account = account
            self.scope = scope
            self.rank = rank
        }
    }

    /// One of the two accounts.
    public struct Member: Sendable {
        /// The account.
        public let account: AccountID
        /// Every account of the same person, this one included.
        public let samePerson: Set<AccountID>
        /// The priority of the account's own role where that role works at the desk; `nil`: not an operator.
        public let operatorRank: Int?

        /// Collects the account's facts.
        public init(account: AccountID, samePerson: Set<AccountID>, operatorRank: Int?) {
            self.account = account
            self.samePerson = samePerson
            self.operatorRank = operatorRank
        }
    }

    /// Decides one link between the accounts; the order in which they are named makes no difference.
    public static func decide(by administrator: Administrator, on members: [Member]) -> Decision<NothingFurther> {
        for member in members {
            if !administrator.scope.contains(member.account.store) { return .deny(.storeOutOfScope) }
            if member.samePerson.union([member.account]).contains(administrator.account) { return .deny(.ownAccount) }
            if let rank = member.operatorRank, rank < administrator.rank { return .deny(.protectedAccount) }
        }
        return .allow(NothingFurther())
    }
}

/// What an allowed act brings with it where that is nothing.
public struct NothingFurther: Sendable, Equatable {
    /// Nothing.
    public init() {}
}
