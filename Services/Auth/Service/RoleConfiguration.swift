import Configuration
import Directory
import Model
import StrictJSON

/// One role as the configuration has it; groups and containers are text until the store that knows its own names reads
/// them.
public struct RoleConfiguration: Sendable {
    /// Which accounts hold the role.
    enum Criteria: Sendable {
        case everyone
        case group(String)
        case container(String)
    }

    let id: RoleID
    let store: StoreID
    let scope: Set<StoreID>
    let priority: Int
    let criteria: Criteria
    let permissions: Set<Permission>
    let authentication: AuthenticationPolicy
    let helpdesk: HelpdeskPolicy
    /// The only container the role may act in, as text.
    let container: String?
    /// Where the role stands in its file; `nil` for a built-in one.
    private let place: Place?

    private struct Place: Sendable {
        let file: String
        let pointer: String
    }

    /// Reads `roles`, checks that priorities are unique in a store, and gives every store a role for everybody.
    static func read(_ reader: ConfigurationReader, stores: [StoreID]) -> [RoleConfiguration] {
        var roles: [RoleConfiguration] = []
        for item in reader.objects("roles") {
            guard let role = RoleConfiguration(item, stores: stores) else { continue }
            for clash in role.clashes(with: roles) { item.report(clash.message, at: clash.setting) }
            role.checkLast(item)
            roles.append(role)
        }
        return roles + stores.compactMap { user(of: $0, beside: roles) }
    }

    /// The built-in role *User* (P7): own account only, last in line; `nil` where the store has one for everybody.
    static func user(of store: StoreID, beside roles: [RoleConfiguration]) -> RoleConfiguration? {
        guard let id = RoleID(BuiltInRole.user.rawValue),
            !roles.contains(where: { $0.store == store && $0.priority == 99 })
        else { return nil }
        return RoleConfiguration(
            id: id, store: store, scope: [], priority: 99, criteria: .everyone, permissions: [],
            authentication: .standard, helpdesk: .standard, container: nil)
    }

    init(
        id: RoleID, store: StoreID, scope: Set<StoreID>, priority: Int, criteria: Criteria,
        permissions: Set<Permission>, authentication: AuthenticationPolicy, helpdesk: HelpdeskPolicy,
        container: String?
    ) {
        self.id = id
        self.store = store
        self.scope = scope
        self.priority = priority
        self.criteria = criteria
        self.permissions = permissions
        self.authentication = authentication
        self.helpdesk = helpdesk
        self.container = container
        place = nil
    }

    var isForEveryone: Bool {
        switch criteria {
        case .everyone: true
        case .group, .container: false
        }
    }

    /// Reads one role; `nil` where its name or its store is missing or wrong. Every problem is the reader's.
    init?(_ reader: ConfigurationReader, stores: [StoreID]) {
        let id = reader.parsed("name", as: "a name of 1 to 64 characters of A-Z a-z 0-9 _ -") { RoleID($0) }
        let store = reader.parsed("store", as: "a store of stores.json5") { text in
            stores.first { $0.text == text }
        }
        priority = reader.integer("priority", in: 1...99)
        criteria = readCriteria(reader)
        let template = reader.choice("like", default: BuiltInRole.user)
        permissions = reader.choices("permissions", default: template.permissions)
        authentication = readAuthentication(reader.optionalObject("authentication"))
        let desk = reader.optionalObject("helpdesk")
        container = desk?.optionalString("container")
        helpdesk = readHelpdesk(desk, questionsToEnroll: authentication.questionsToEnroll)
        let names = reader.strings("scope", default: store.map { [$0.text] } ?? [])
        scope = Set(names.compactMap { name in stores.first { $0.text == name } })
        if scope.count != Set(names).count {
            reader.report("Every scope has to be a store of stores.json5.", at: "scope")
        }
        guard let id, let store else { return nil }
        self.id = id
        self.store = store
        place = Place(file: reader.file, pointer: reader.pointer)
    }

    /// The roles themselves, with their groups and containers read by the stores, which alone know how these are named.
    ///
    /// - Throws: every group and container that is no name of its store.
    public static func roles(
        _ configurations: [RoleConfiguration], in stores: IdentityStoreRegistry
    ) throws(ConfigurationFailure) -> [Role] {
        var problems: [ConfigurationProblem] = []
        let roles = configurations.map { $0.role(in: stores, &problems) }
        guard problems.isEmpty else { throw ConfigurationFailure(problems: problems) }
        return roles
    }

    private func role(in stores: IdentityStoreRegistry, _ problems: inout [ConfigurationProblem]) -> Role {
        let resolved: RoleCriteria =
            switch criteria {
            case .everyone: .everyone
            case .group(let text):
                .group(
                    parse(text, as: "a group", "/group", &problems) { stores[store]?.group(parsing: $0) } ?? "")
            case .container(let text): .container(parseContainer(text, "/container", stores, &problems))
            }
        let limit = container.map { parseContainer($0, "/helpdesk/container", stores, &problems) }
        return Role(
            id: id, store: store, scope: scope, priority: priority, criteria: resolved, permissions: permissions,
            authentication: authentication,
            helpdesk: helpdesk.limited(to: limit))
    }

    private func parseContainer(
        _ text: String, _ setting: String, _ stores: IdentityStoreRegistry, _ problems: inout [ConfigurationProblem]
    ) -> Container {
        if case .unsupported(let reason) = stores[store]?.capabilities.containers {
            problems.append(
                ConfigurationProblem(
                    file: place?.file ?? "", pointer: (place?.pointer ?? "") + setting,
                    message: "cannot be used with the store \(store): \(reason)"))
            return Container(components: [])
        }
        return parse(text, as: "a place in its tree", setting, &problems) { stores[store]?.container(parsing: $0) }
            ?? Container(components: [])
    }

    /// What the store reads out of a text, or a problem that names the setting.
    private func parse<Value>(
        _ text: String, as kind: String, _ setting: String, _ problems: inout [ConfigurationProblem],
        _ read: (String) -> Value?
    ) -> Value? {
        if let value = read(text) { return value }
        problems.append(
            ConfigurationProblem(
                file: place?.file ?? "", pointer: (place?.pointer ?? "") + setting,
                message: "is not how the store \(store) names \(kind)"))
        return nil
    }
}

/// The built-in roles a configuration can start from (P7).
enum BuiltInRole: String, CaseIterable {
    case administrator
    case helpdesk
    case user

    var permissions: Set<Permission> {
        switch self {
        case .administrator: Set(Permission.allCases)
        case .helpdesk:
            [
                .resetAnyPassword, .unlockAnyAccount, .unenroll, .searchUsers, .notifyUsers, .exportUsers,
                .viewHistory, .seeContactDetails,
            ]
        case .user: []
        }
    }
}

private func readCriteria(_ reader: ConfigurationReader) -> RoleConfiguration.Criteria {
    switch (reader.optionalString("group"), reader.optionalString("container")) {
    case (let group?, nil): return .group(group)
    case (nil, let container?): return .container(container)
    case (nil, nil): return .everyone
    case (_?, _?):
        reader.report("Name a group or a container, not both.", at: "group")
        return .everyone
    }
}

private func readAuthentication(_ reader: ConfigurationReader?) -> AuthenticationPolicy {
    let standard = AuthenticationPolicy.standard
    guard let reader else { return standard }
    let enabled = reader.choices("enabled", default: standard.enabled)
    let enforced = reader.choices("enforced", default: standard.enforced)
    let policy = AuthenticationPolicy(
        enabled: enabled, enforced: enforced,
        chosenByUser: reader.integer("chosenByUser", default: standard.chosenByUser, in: 0...7),
        questionsToEnroll: reader.integer("questionsToEnroll", default: standard.questionsToEnroll, in: 1...20),
        minimumAnswerLength: reader.integer("minimumAnswerLength", default: standard.minimumAnswerLength, in: 1...64),
        questionsAlone: reader.bool("questionsAlone", default: false))
    if !enforced.isSubset(of: enabled) { reader.report("Every enforced type has to be enabled.", at: "enforced") }
    if enforced.count + policy.chosenByUser == 0 {
        reader.report("At least one type has to be enforced or chosen.", at: "chosenByUser")
    }
    if enforced.count + policy.chosenByUser > enabled.count {
        reader.report("More types are asked for than are enabled.", at: "chosenByUser")
    }
    return policy
}

private func readHelpdesk(_ reader: ConfigurationReader?, questionsToEnroll: Int) -> HelpdeskPolicy {
    let standard = HelpdeskPolicy.standard
    guard let reader else { return standard }
    return HelpdeskPolicy(
        mode: reader.choice("mode", default: standard.mode), requirement: readRequirement(reader),
        minimumQuestions: reader.optionalInteger("minimumQuestions", in: 1...max(questionsToEnroll, 1)),
        container: nil, methods: reader.choices("methods", default: standard.methods),
        channels: reader.choices("channels", default: standard.channels),
        mustChangeAtNextLogon: reader.bool("mustChangeAtNextLogon", default: standard.mustChangeAtNextLogon),
        operatorMaySeePassword: reader.bool("operatorMaySeePassword", default: standard.operatorMaySeePassword),
        directoryAddressesForEnrolled: reader.bool(
            "directoryAddressesForEnrolled", default: standard.directoryAddressesForEnrolled),
        skipNeedsReason: reader.bool("skipNeedsReason", default: standard.skipNeedsReason))
}

private func readRequirement(_ reader: ConfigurationReader) -> HelpdeskPolicy.Requirement {
    let least = reader.optionalInteger("atLeast", in: 1...4)
    switch (reader.optionalString("requirement"), least) {
    case (nil, nil), ("usersPolicy", nil): return .usersPolicy
    case ("anyPossession", nil): return .anyPossession
    case (nil, let count?), ("atLeast", let count?): return .atLeast(count)
    default:
        reader.report("The requirement is usersPolicy, anyPossession, or atLeast with a number.", at: "requirement")
        return .usersPolicy
    }
}

extension HelpdeskPolicy {
    fileprivate func limited(to container: Container?) -> HelpdeskPolicy {
        HelpdeskPolicy(
            mode: mode, requirement: requirement, minimumQuestions: minimumQuestions, container: container,
            methods: methods, channels: channels, mustChangeAtNextLogon: mustChangeAtNextLogon,
            operatorMaySeePassword: operatorMaySeePassword,
            directoryAddressesForEnrolled: directoryAddressesForEnrolled, skipNeedsReason: skipNeedsReason)
    }
}
