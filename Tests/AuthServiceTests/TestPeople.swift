import Model

@testable import AuthService

/// Who lives in the test directory. Everybody has `TestHouse.password`.
enum TestPeople {
    struct Person {
        let login: String
        let name: String
        var container = "Staff/Berlin"
        var groups = ""
        var state = ""
    }

    static let stores: [(String, [Person])] = [
        (
            "staff",
            [
                Person(login: "anna", name: "Anna Berger"),
                Person(login: "ben", name: "Ben Okafor"),
                Person(login: "cora", name: "Cora Lindt", container: "Staff/Paris"),
                Person(login: "dan", name: "Dan Disabled", state: "disabled"),
                Person(login: "lou", name: "Lou Locked", state: "locked"),
                Person(login: "ola", name: "Ola Operator", groups: "Helpdesk"),
                Person(login: "pia", name: "Pia Operator", groups: "Helpdesk"),
                Person(login: "uma", name: "Uma Unrestricted", groups: "Unrestricted"),
                Person(login: "una", name: "Una Unrestricted", groups: "Unrestricted"),
                Person(login: "ada", name: "Ada Admin", groups: "Administrators"),
                Person(login: "sam", name: "Sam Searcher", groups: "Searchers"),
            ]
        ),
        (
            "contractors",
            [
                Person(login: "anna.b", name: "Anna Berger"),
                Person(login: "carl", name: "Carl Contractor"),
            ]
        ),
    ]

    static func csv(_ people: [Person]) -> String {
        let header = "login,displayName,firstName,lastName,mail,mobile,container,password,groups,state\r\n"
        return header
            + people.map { person in
                let parts = person.name.split(separator: " ")
                let first = parts.first ?? ""
                let last = parts.last ?? ""
                return "\(person.login),\(person.name),\(first),\(last),\(person.login)@people.example.org,,"
                    + "\(person.container),\(TestHouse.password),\(person.groups),\(person.state)\r\n"
            }.joined()
    }
}

extension RoleConfiguration {
    /// A role as a file would have it, for embedded stores: these name groups and containers by plain words.
    init(_ role: Role) {
        let criteria: Criteria =
            switch role.criteria {
            case .everyone: .everyone
            case .group(let name): .group(name)
            case .container(let container): .container(container.description)
            }
        self.init(
            id: role.id, store: role.store, scope: role.scope, priority: role.priority, criteria: criteria,
            permissions: role.permissions, authentication: role.authentication, helpdesk: role.helpdesk,
            container: role.helpdesk.container?.description)
    }
}

/// The roles of the test directory.
enum TestRoles {
    static let staff = store("staff")
    static let contractors = store("contractors")

    static var all: [Role] { with() }

    /// The standard roles, with another helpdesk policy for the operators or another authentication policy for people.
    static func with(
        desk: HelpdeskPolicy = .standard, user: AuthenticationPolicy = .standard,
        permissions: Set<Permission> = operatorPermissions, scope: Set<StoreID> = [staff, contractors]
    ) -> [Role] {
        [
            role("administrator", 1, .group("administrators"), Set(Permission.allCases), scope: scope),
            role("helpdesk", 10, .group("helpdesk"), permissions, scope: scope, user: user, desk: desk),
            role(
                "unrestricted", 20, .group("unrestricted"), operatorPermissions, scope: scope,
                desk: policy(mode: .unrestricted)),
            role("searcher", 30, .group("searchers"), [.searchUsers], scope: [staff]),
            role("user", 99, .everyone, [], scope: [], user: user),
            Role(
                id: id("user"), store: contractors, scope: [], priority: 99, criteria: .everyone, permissions: [],
                authentication: user, helpdesk: .standard),
        ]
    }

    static let operatorPermissions: Set<Permission> = [
        .resetAnyPassword, .unlockAnyAccount, .unenroll, .searchUsers, .viewHistory, .seeContactDetails,
    ]

    static func policy(
        mode: HelpdeskPolicy.Mode = .restricted, requirement: HelpdeskPolicy.Requirement = .usersPolicy,
        minimumQuestions: Int? = nil, container: Container? = nil
    ) -> HelpdeskPolicy {
        HelpdeskPolicy(
            mode: mode, requirement: requirement, minimumQuestions: minimumQuestions, container: container,
            methods: [.newPassword], channels: [.sms, .email], mustChangeAtNextLogon: true,
            operatorMaySeePassword: false, directoryAddressesForEnrolled: false, skipNeedsReason: false)
    }

    static func authentication(
        enabled: Set<AuthenticationType> = [.securityQuestions, .mobile, .email, .authenticator],
        enforced: Set<AuthenticationType> = [], chosen: Int = 2, questions: Int = 4, alone: Bool = false
    ) -> AuthenticationPolicy {
        AuthenticationPolicy(
            enabled: enabled, enforced: enforced, chosenByUser: chosen, questionsToEnroll: questions,
            minimumAnswerLength: 3, questionsAlone: alone)
    }

    private static func role(
        _ name: String, _ priority: Int, _ criteria: RoleCriteria, _ permissions: Set<Permission>,
        scope: Set<StoreID>, user: AuthenticationPolicy = .standard, desk: HelpdeskPolicy = .standard
    ) -> Role {
        Role(
            id: id(name), store: staff, scope: scope, priority: priority, criteria: criteria,
            permissions: permissions, authentication: user, helpdesk: desk)
    }

    private static func id(_ name: String) -> RoleID {
        guard let id = RoleID(name) else { preconditionFailure("not an id: \(name)") }
        return id
    }

    private static func store(_ name: String) -> StoreID {
        guard let id = StoreID(name) else { preconditionFailure("not an id: \(name)") }
        return id
    }
}
