import Model

/// What a role may be given and better is not: allowed, and named wherever roles are checked or shown.
public enum RoleDanger: String, CaseIterable, Sendable {
    case unrestricted
    case everybodyActs
    case passwordSeen
    case questionsAlone

    /// What the rule looks at.
    public struct Facts: Sendable {
        /// What the role's holders may do.
        public let permissions: Set<Permission>
        /// How they work at the desk.
        public let desk: HelpdeskPolicy
        /// What they have to prove.
        public let authentication: AuthenticationPolicy
        /// Whether everybody of the store holds the role who holds no better one.
        public let isForEveryone: Bool

        /// Collects the facts.
        public init(
            permissions: Set<Permission>, desk: HelpdeskPolicy, authentication: AuthenticationPolicy,
            isForEveryone: Bool
        ) {
            self.permissions = permissions
            self.desk = desk
            self.authentication = authentication
            self.isForEveryone = isForEveryone
        }
    }

    /// Every danger of a role.
    public static func all(in role: Facts) -> [RoleDanger] {
        let acts = !role.permissions.isDisjoint(with: [.resetAnyPassword, .unlockAnyAccount])
        let found: [(RoleDanger, Bool)] = [
            (.unrestricted, acts && role.desk.mode == .unrestricted),
            (.everybodyActs, role.isForEveryone && (acts || role.permissions.contains(.manageConfiguration))),
            (.passwordSeen, acts && role.desk.operatorMaySeePassword),
            (.questionsAlone, role.authentication.questionsAlone),
        ]
        return found.filter(\.1).map(\.0)
    }

    /// The danger in words, after the role's name.
    public var sentence: String {
        switch self {
        case .unrestricted: "is unrestricted: its operators can be talked into a reset without any proof."
        case .everybodyActs: "makes everybody in the store an operator; give it to a group."
        case .passwordSeen: "lets operators see new passwords; operatorMaySeePassword: false is safer."
        case .questionsAlone: "lets security questions alone prove a caller."
        }
    }
}
