import Configuration
import Model
import Policy

/// What holds for the roles of an installation together.
enum RoleSet {
    /// Refuses changes after which people or administrators would be left with nothing.
    ///
    /// - Throws: ``RoleObstacle``.
    static func check(_ changes: [RoleChange], leading roles: [RoleConfiguration]) throws(RoleObstacle) {
        for change in changes where change.new == nil && BuiltInRole(rawValue: change.id.text) != nil {
            throw .builtIn
        }
        for change in changes where !roles.contains(where: { $0.store == change.store && $0.priority == 99 }) {
            throw .lastInLine
        }
        guard roles.contains(where: { $0.permissions.contains(.manageConfiguration) }) else { throw .nobodyManages }
    }

    /// Questions of a role that its store's pool does not have.
    static func lacksQuestions(_ role: RoleConfiguration, pool: Int) -> String? {
        guard role.authentication.enabled.contains(.securityQuestions), role.authentication.questionsToEnroll > pool
        else { return nil }
        return "is more than the \(pool) questions there are to choose from"
    }
}

/// Why a role cannot be changed like that.
public enum RoleObstacle: String, Error, CaseIterable, Sendable {
    /// A built-in role cannot be removed.
    case builtIn
    /// The store would have no role for everybody.
    case lastInLine
    /// Nobody could change roles any more.
    case nobodyManages
    /// Whoever makes the change could not take it back.
    case ownLockout

    /// The obstacle in words for an administrator.
    public var sentence: String {
        switch self {
        case .builtIn: "A built-in role can be changed, not removed."
        case .lastInLine: "Every store needs its role for everybody, with priority 99."
        case .nobodyManages: "No role would have the permission to manage the configuration any more."
        case .ownLockout: "You would not have the permission to manage the configuration any more."
        }
    }
}

extension RoleConfiguration {
    /// Whether both are the same role, in whatever state.
    func isNamed(like other: RoleConfiguration) -> Bool { store == other.store && id == other.id }

    /// Whether it is one of the product's own (P7), by its name.
    var isBuiltIn: Bool { BuiltInRole(rawValue: id.text) != nil }

    /// What two roles of a store cannot share: the setting, and why.
    func clashes(with others: [RoleConfiguration]) -> [(setting: String, message: String)] {
        let neighbors = others.filter { $0.store == store }
        var found: [(String, String)] = []
        if neighbors.contains(where: { $0.priority == priority }) {
            found.append(("priority", "Two roles of the store have this priority."))
        }
        if neighbors.contains(where: { $0.id == id }) {
            found.append(("name", "Two roles of the store have this name."))
        }
        return found
    }

    /// The dangers of roles, in words for an administrator.
    public static func warnings(of roles: [RoleConfiguration]) -> [String] {
        roles.flatMap { role in role.dangers.map { "role \(role.id) of store \(role.store) \($0.sentence)" } }
    }

    /// What of it is allowed but dangerous.
    public var dangers: [RoleDanger] {
        RoleDanger.all(
            in: RoleDanger.Facts(
                permissions: permissions, desk: helpdesk, authentication: authentication, isForEveryone: isForEveryone))
    }
}
