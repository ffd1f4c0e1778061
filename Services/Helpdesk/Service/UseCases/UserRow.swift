import Directory
import Model
import StrictJSON

/// One user with the columns of S4.
struct UserRow: Sendable {
    let account: DirectoryAccount
    let store: any IdentityStore
    let types: Set<AuthenticationType>

    var json: JSON { .object(members) }

    var members: [JSONMember] {
        [
            JSONMember(name: "id", value: .string(account.id.text)),
            JSONMember(name: "name", value: .string(account.displayName)),
            JSONMember(name: "login", value: .string(account.login)),
            JSONMember(name: "firstName", value: .string(account.firstName)),
            JSONMember(name: "lastName", value: .string(account.lastName)),
            JSONMember(
                name: "store",
                value: .object([
                    "id": .string(store.id.text), "name": .string(store.name), "domain": .string(store.domain),
                ])),
            JSONMember(name: "locked", value: .bool(account.isLocked)),
            JSONMember(name: "disabled", value: .bool(account.isDisabled)),
            JSONMember(name: "passwordExpires", value: account.passwordExpires.json),
            JSONMember(name: "lastPasswordSet", value: account.lastPasswordSet.json),
            JSONMember(name: "mustChange", value: .bool(account.mustChange)),
            JSONMember(name: "enrolledWith", value: .array(types.map(\.rawValue).sorted().map(JSON.string))),
        ]
    }
}

extension Fact<Timestamp> {
    /// A time, `never` or `unknown` (S4).
    fileprivate var json: JSON {
        switch self {
        case .at(let moment): .string(moment.rfc3339)
        case .never: "never"
        case .unknown: "unknown"
        }
    }
}
