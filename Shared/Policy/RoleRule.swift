import Model

/// Which role an account holds: of those whose criteria it meets, the one with the lowest number wins (P1).
public enum RoleRule {
    /// What the rule looks at.
    public struct Facts: Sendable {
        /// The account's store.
        public let store: StoreID
        /// All groups it belongs to, nested ones included, as its store names them.
        public let groups: Set<String>
        /// Where it stands in its directory.
        public let container: Container

        /// Collects the facts.
        public init(store: StoreID, groups: Set<String>, container: Container) {
            self.store = store
            self.groups = groups
            self.container = container
        }
    }

    /// How an account stands to one role.
    public struct Standing: Sendable {
        /// The role.
        public let role: Role
        /// Whether the account meets its criteria.
        public let isMet: Bool
    }

    /// How an account stands to each role of its store, in the order in which they win: the first that is met is its role.
    public static func standings(of facts: Facts, among roles: [Role]) -> [Standing] {
        roles.filter { $0.store == facts.store }.sorted { $0.priority < $1.priority }
            .map { Standing(role: $0, isMet: matches($0.criteria, facts)) }
    }

    /// The winning role; `nil` when no role's criteria are met, and then nothing is allowed.
    public static func role(for facts: Facts, among roles: [Role]) -> Role? {
        standings(of: facts, among: roles).first(where: \.isMet)?.role
    }

    private static func matches(_ criteria: RoleCriteria, _ facts: Facts) -> Bool {
        switch criteria {
        case .everyone: true
        case .group(let name): facts.groups.contains(name)
        case .container(let container): container.holds(facts.container)
        }
    }
}

extension Role {
    /// Whether the role works at the desk: it may act on other people's accounts or change what others may do.
    public var isOperator: Bool {
        !permissions.isDisjoint(with: [
            .resetAnyPassword, .unlockAnyAccount, .unenroll, .supervise, .manageConfiguration,
        ])
    }
}
