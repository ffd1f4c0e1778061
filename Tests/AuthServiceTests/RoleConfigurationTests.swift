import Configuration
import Directory
import Model
import Testing

@testable import AuthService

@Suite struct RoleConfigurationTests {
    private let stores = [TestRoles.staff, TestRoles.contractors]

    private func read(_ roles: String) -> (roles: [RoleConfiguration], problems: [ConfigurationProblem]) {
        let reader = ConfigurationReader(file: "auth.json5", bytes: Array("{ roles: [\(roles)] }".utf8))
        let roles = RoleConfiguration.read(reader, stores: stores)
        reader.finish()
        return (roles, reader.problems)
    }

    /// P7
    @Test func `every store has the built-in role for everybody, last in line`() throws {
        let (roles, problems) = read("")
        #expect(problems == [])
        #expect(roles.map(\.store) == stores)
        for role in roles {
            #expect(role.id.text == "user")
            #expect(role.priority == 99)
            #expect(role.permissions == [])
            #expect(role.scope == [])
            #expect(role.authentication == .standard)
        }
    }

    /// P7
    @Test func `a role like the built-in helpdesk is restricted with the user's own policy`() throws {
        let (roles, problems) = read(
            "{ name: 'desk', store: 'staff', priority: 20, group: 'Helpdesk', like: 'helpdesk' }")
        #expect(problems == [])
        let role = try required(roles.first)
        #expect(role.helpdesk == .standard)
        #expect(role.helpdesk.mode == .restricted)
        #expect(role.helpdesk.requirement == .usersPolicy)
        #expect(role.helpdesk.methods == [.newPassword, .secureLink])
        #expect(role.helpdesk.channels == [.sms, .email])
        #expect(role.helpdesk.mustChangeAtNextLogon)
        #expect(role.helpdesk.operatorMaySeePassword)
        #expect(
            role.permissions == [
                .resetAnyPassword, .unlockAnyAccount, .unenroll, .searchUsers, .notifyUsers, .exportUsers, .viewHistory,
                .seeContactDetails,
            ])
        #expect(role.scope == [TestRoles.staff])
        let administrator = read("{ name: 'a', store: 'staff', priority: 1, like: 'administrator', group: 'A' }")
        #expect(administrator.roles.first?.permissions == Set(Permission.allCases))
    }

    @Test func `everything that is wrong is said at once, with its path`() {
        let (_, problems) = read(
            """
            { name: 'first', store: 'staff', priority: 5, group: 'A', container: 'B',
              permissions: ['resetAnyPassword', 'fly'],
              authentication: { enabled: ['email'], enforced: ['mobile'], chosenByUser: 3, questionsToEnrol: 2 },
              helpdesk: { mode: 'open', requirement: 'anyPossession', atLeast: 2, minimumQuestions: 9 } },
            { name: 'first', store: 'staff', priority: 5, group: 'C' },
            { name: 'no name!', store: 'staff', priority: 100, group: 'D' },
            { name: 'lost', store: 'nowhere', priority: 7, group: 'E', scope: ['staff', 'nowhere'] },
            { name: 'last', store: 'staff', priority: 99, group: 'F' },
            { name: 'none', store: 'contractors', priority: 8, group: 'G',
              authentication: { enforced: [], chosenByUser: 0 } },
            """)
        let pointers = problems.map(\.pointer)
        for expected in [
            "/roles/0/group", "/roles/0/permissions/1", "/roles/0/authentication/enforced",
            "/roles/0/authentication/chosenByUser", "/roles/0/authentication/questionsToEnrol",
            "/roles/0/helpdesk/mode", "/roles/0/helpdesk/requirement", "/roles/0/helpdesk/minimumQuestions",
            "/roles/1/priority", "/roles/1/name", "/roles/2/name", "/roles/2/priority", "/roles/3/store",
            "/roles/3/scope", "/roles/4/priority", "/roles/5/authentication/chosenByUser",
        ] {
            #expect(pointers.contains { $0 == expected || $0.hasPrefix(expected + "/") }, "\(expected) in \(problems)")
        }
        #expect(problems.allSatisfy { $0.file == "auth.json5" && !$0.message.isEmpty })
    }

    @Test func `every group and container that is no name of its store is said at once`() async throws {
        let house = try await TestHouse.open()
        let (roles, problems) = read(
            """
            { name: 'one', store: 'staff', priority: 5, container: '//', like: 'helpdesk' },
            { name: 'two', store: 'staff', priority: 6, group: 'A', helpdesk: { container: 'Staff//Berlin' } },
            { name: 'three', store: 'staff', priority: 7, container: 'Staff/Berlin' },
            { name: 'four', store: 'staff', priority: 8, group: 'Help Desk' },
            { name: 'five', store: 'staff', priority: 9, group: 'A;B' },
            """)
        #expect(problems == [])
        let failure = #expect(throws: ConfigurationFailure.self) {
            try RoleConfiguration.roles(roles, in: house.stores)
        }
        #expect(
            failure?.problems.map(\.pointer) == [
                "/roles/0/container", "/roles/1/helpdesk/container", "/roles/4/group",
            ])
        let good = try RoleConfiguration.roles(Array(roles[2...3]), in: house.stores)
        #expect(good.map(\.criteria) == [.container(Container(components: ["Staff", "Berlin"])), .group("help desk")])
    }

    @Test func `requirements are written in three ways`() {
        let cases: [(String, HelpdeskPolicy.Requirement)] = [
            ("", .usersPolicy), ("requirement: 'usersPolicy'", .usersPolicy),
            ("requirement: 'anyPossession'", .anyPossession), ("atLeast: 3", .atLeast(3)),
            ("requirement: 'atLeast', atLeast: 1", .atLeast(1)),
        ]
        for (text, expected) in cases {
            let (roles, problems) = read(
                "{ name: 'r', store: 'staff', priority: 5, group: 'A', helpdesk: { \(text) } }")
            #expect(problems == [], "\(text)")
            #expect(roles.first?.helpdesk.requirement == expected, "\(text)")
        }
    }

    /// VS-02
    @Test func `any change of a role gives the policy another version`() {
        let base = TestRoles.with()
        let others = [
            TestRoles.with(desk: TestRoles.policy(requirement: .atLeast(1))),
            TestRoles.with(desk: TestRoles.policy(minimumQuestions: 1)),
            TestRoles.with(desk: TestRoles.policy(container: Container(components: ["Staff"]))),
            TestRoles.with(user: TestRoles.authentication(chosen: 1)),
            TestRoles.with(user: TestRoles.authentication(enforced: [.email])),
            TestRoles.with(permissions: [.resetAnyPassword]), TestRoles.with(scope: []), Array(base.dropLast()),
        ]
        let versions = ([base] + others).map { RoleBook($0).version }
        #expect(Set(versions).count == versions.count)
        #expect(RoleBook(TestRoles.with()).version == RoleBook(base).version)
    }
}
