/// What a signed-in person may do; each opens its own action only (P1).
public enum Permission: String, CaseIterable, Sendable, Hashable {
    case resetAnyPassword
    case unlockAnyAccount
    case unenroll
    case searchUsers
    case notifyUsers
    case exportUsers
    case viewHistory
    case seeContactDetails
    case supervise
    case manageConfiguration
}

/// What an operator does to an account after the caller is proved.
public enum HelpdeskAction: String, CaseIterable, Sendable, Hashable {
    case resetPassword
    case unlockAccount

    /// The permission that opens the action.
    public var permission: Permission {
        switch self {
        case .resetPassword: .resetAnyPassword
        case .unlockAccount: .unlockAnyAccount
        }
    }
}

/// A named set of permissions and policies of a store.
public struct Role: Sendable, Equatable {
    /// The role's name.
    public let id: RoleID
    /// The store whose accounts it is given to.
    public let store: StoreID
    /// The stores its holders may act in; usually the one above alone.
    public let scope: Set<StoreID>
    /// 1 to 99, unique in the store; 1 wins.
    public let priority: Int
    /// Which accounts of the store hold it.
    public let criteria: RoleCriteria
    /// What its holders may do.
    public let permissions: Set<Permission>
    /// What its holders have to enroll and prove.
    public let authentication: AuthenticationPolicy
    /// How its holders work at the desk.
    public let helpdesk: HelpdeskPolicy

    /// Makes a role of its parts.
    public init(
        id: RoleID, store: StoreID, scope: Set<StoreID>, priority: Int, criteria: RoleCriteria,
        permissions: Set<Permission>,
        authentication: AuthenticationPolicy, helpdesk: HelpdeskPolicy
    ) {
        self.id = id
        self.store = store
        self.scope = scope
        self.priority = priority
        self.criteria = criteria
        self.permissions = permissions
        self.authentication = authentication
        self.helpdesk = helpdesk
    }
}

/// Which accounts of a store hold a role.
public enum RoleCriteria: Sendable, Equatable {
    /// Every account of the store.
    case everyone
    /// Members of the group, as its store names it (`IdentityStore.group(parsing:)`), nested groups included.
    case group(String)
    /// Accounts in the container or below it.
    case container(Container)
}

/// What the holders of a role have to enroll and prove (A1-A3).
public struct AuthenticationPolicy: Sendable, Equatable {
    /// The types that can be enrolled and used.
    public let enabled: Set<AuthenticationType>
    /// The types everybody has to prove; each is enabled.
    public let enforced: Set<AuthenticationType>
    /// How many further types, of the person's choice.
    public let chosenByUser: Int
    /// How many questions to enroll with.
    public let questionsToEnroll: Int
    /// How many characters an answer has at least, after normalization.
    public let minimumAnswerLength: Int
    /// Lets questions stand alone where the policy asks for a single type (VS-04).
    public let questionsAlone: Bool

    /// Makes a policy of its parts.
    public init(
        enabled: Set<AuthenticationType>, enforced: Set<AuthenticationType>, chosenByUser: Int,
        questionsToEnroll: Int, minimumAnswerLength: Int, questionsAlone: Bool
    ) {
        self.enabled = enabled
        self.enforced = enforced
        self.chosenByUser = chosenByUser
        self.questionsToEnroll = questionsToEnroll
        self.minimumAnswerLength = minimumAnswerLength
        self.questionsAlone = questionsAlone
    }

    /// The built-in policy: the four self-service types enabled, none enforced, two chosen (P7).
    public static let standard = AuthenticationPolicy(
        enabled: [.securityQuestions, .mobile, .email, .authenticator], enforced: [], chosenByUser: 2,
        questionsToEnroll: 4, minimumAnswerLength: 3, questionsAlone: false)
}

/// How the holders of a role work at the desk (P2-P6).
public struct HelpdeskPolicy: Sendable, Equatable {
    /// Whether a caller has to be proved.
    public enum Mode: String, CaseIterable, Sendable {
        case restricted
        case unrestricted
    }

    /// What a restricted operator has to verify (P4).
    public enum Requirement: Sendable, Equatable {
        /// What the end user's own authentication policy demands.
        case usersPolicy
        /// At least this many of the user's enrolled types.
        case atLeast(Int)
        /// Any one of mobile, email, authenticator.
        case anyPossession
    }

    /// How a new password reaches its owner (P5).
    public enum ResetMethod: String, CaseIterable, Sendable {
        case newPassword
        case secureLink
    }

    /// Whether a caller has to be proved.
    public let mode: Mode
    /// What a restricted operator has to verify.
    public let requirement: Requirement
    /// At least this many security questions answered right; `nil`: questions are not demanded.
    public let minimumQuestions: Int?
    /// The only container whose accounts the operator may reset, unlock and unenroll; `nil`: the whole store.
    public let container: Container?
    /// The reset methods the operator may choose from.
    public let methods: Set<ResetMethod>
    /// The channels passwords and links may go out by.
    public let channels: Set<MessageChannelKind>
    /// Whether the owner has to change a password the desk has set.
    public let mustChangeAtNextLogon: Bool
    /// Whether the operator may type or read the new password (R11).
    public let operatorMaySeePassword: Bool
    /// Whether enrolled users' passwords may also go to the directory's own addresses (R12).
    public let directoryAddressesForEnrolled: Bool
    /// Whether a skipped verification needs a reason (VS-11).
    public let skipNeedsReason: Bool

    /// Makes a policy of its parts.
    public init(
        mode: Mode, requirement: Requirement, minimumQuestions: Int?, container: Container?,
        methods: Set<ResetMethod>, channels: Set<MessageChannelKind>, mustChangeAtNextLogon: Bool,
        operatorMaySeePassword: Bool, directoryAddressesForEnrolled: Bool, skipNeedsReason: Bool
    ) {
        self.mode = mode
        self.requirement = requirement
        self.minimumQuestions = minimumQuestions
        self.container = container
        self.methods = methods
        self.channels = channels
        self.mustChangeAtNextLogon = mustChangeAtNextLogon
        self.operatorMaySeePassword = operatorMaySeePassword
        self.directoryAddressesForEnrolled = directoryAddressesForEnrolled
        self.skipNeedsReason = skipNeedsReason
    }

    /// The built-in policy of operators: restricted, the user's own policy, both methods, both channels (P7).
    public static let standard = HelpdeskPolicy(
        mode: .restricted, requirement: .usersPolicy, minimumQuestions: nil, container: nil,
        methods: [.newPassword, .secureLink], channels: [.sms, .email], mustChangeAtNextLogon: true,
        operatorMaySeePassword: true, directoryAddressesForEnrolled: false, skipNeedsReason: false)
}

/// A way a message reaches a person.
public enum MessageChannelKind: String, CaseIterable, Sendable, Hashable {
    case sms
    case email
}
