import Crypto
import Directory
import Model
import Policy

/// The roles in force.
public struct RoleBook: Sendable {
    /// Every role of every store.
    public let roles: [Role]
    /// Names this state of all roles and policies (VS-02): another text, another decision.
    public let version: String
    /// Which state of the database it was read from.
    let revision: Int64

    /// Takes the roles and names their state.
    public init(_ roles: [Role], revision: Int64 = 0) {
        self.roles = roles
        self.revision = revision
        let text = roles.map { String(describing: Fingerprint($0)) }.joined(separator: "\n")
        version = Base64URL.encode(Array(Digest.sha256(Array(text.utf8)).prefix(12)))
    }

    /// How an account stands to every role of its store, in the order in which they win.
    func standings(of account: DirectoryAccount) -> [RoleRule.Standing] {
        RoleRule.standings(of: facts(of: account), among: roles)
    }

    /// The role an account holds; `nil`: none, and then nothing is allowed. Disabled and expired accounts hold none.
    public func role(of account: DirectoryAccount) -> Role? {
        guard !account.isDisabled, !account.accountExpired else { return nil }
        return RoleRule.role(for: facts(of: account), among: roles)
    }

    private func facts(of account: DirectoryAccount) -> RoleRule.Facts {
        RoleRule.Facts(store: account.id.store, groups: account.groups, container: account.container)
    }
}

/// Everything of a role in one fixed order: sets print in no order of their own.
private struct Fingerprint: CustomStringConvertible {
    let role: Role

    init(_ role: Role) {
        self.role = role
    }

    var description: String {
        let authentication = role.authentication
        let desk = role.helpdesk
        return [
            role.id.text, role.store.text, sorted(role.scope.map(\.text)), String(role.priority),
            String(describing: role.criteria), sorted(role.permissions.map(\.rawValue)),
            sorted(authentication.enabled.map(\.rawValue)), sorted(authentication.enforced.map(\.rawValue)),
            "\(authentication.chosenByUser) \(authentication.questionsToEnroll)",
            "\(authentication.minimumAnswerLength) \(authentication.questionsAlone)",
            desk.mode.rawValue, String(describing: desk.requirement), String(describing: desk.minimumQuestions),
            String(describing: desk.container?.components), sorted(desk.methods.map(\.rawValue)),
            sorted(desk.channels.map(\.rawValue)), "\(desk.mustChangeAtNextLogon) \(desk.operatorMaySeePassword)",
            "\(desk.directoryAddressesForEnrolled) \(desk.skipNeedsReason)",
        ].joined(separator: "|")
    }

    private func sorted(_ names: [String]) -> String {
        names.sorted().joined(separator: ",")
    }
}
