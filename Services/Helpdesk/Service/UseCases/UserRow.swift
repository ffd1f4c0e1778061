import Directory
import Model
import StrictJSON

/// One user with the columns of S4.
struct UserRow: Sendable {
    let id: AccountID
    let name: String
    let login: String
    let firstName: String
    let lastName: String
    let isLocked: Bool
    let isDisabled: Bool
    let passwordExpires: Fact<Timestamp>
    let lastPasswordSet: Fact<Timestamp>
    let mustChange: Bool
    let store: any IdentityStore
    let types: Set<AuthenticationType>
    /// When this was true, where it is not of this moment.
    let asOf: Timestamp?

    /// As the directory shows it now.
    init(_ account: DirectoryAccount, store: any IdentityStore, types: Set<AuthenticationType>) {
        (id, name, login) = (account.id, account.displayName, account.login)
        (firstName, lastName) = (account.firstName, account.lastName)
        (isLocked, isDisabled, mustChange) = (account.isLocked, account.isDisabled, account.mustChange)
        (passwordExpires, lastPasswordSet) = (account.passwordExpires, account.lastPasswordSet)
        (self.store, self.types, asOf) = (store, types, nil)
    }

    /// As the index knows it.
    init(_ found: FoundAccount, store: any IdentityStore, asOf: Timestamp, at now: Timestamp) {
        let account = found.account
        (id, name, login) = (account.id, account.name, account.login)
        (firstName, lastName) = (account.firstName, account.lastName)
        (isLocked, isDisabled, mustChange) = (account.isLocked(at: now), account.isDisabled, account.mustChange)
        (passwordExpires, lastPasswordSet) = (account.passwordExpires, account.lastPasswordSet)
        (self.store, types, self.asOf) = (store, EnrolledTypes.types(found.types), asOf)
    }

    var json: JSON { .object(members) }

    var members: [JSONMember] {
        [
            JSONMember(name: "id", value: .string(id.text)),
            JSONMember(name: "name", value: .string(name)),
            JSONMember(name: "login", value: .string(login)),
            JSONMember(name: "firstName", value: .string(firstName)),
            JSONMember(name: "lastName", value: .string(lastName)),
            JSONMember(
                name: "store",
                value: .object([
                    "id": .string(store.id.text), "name": .string(store.name), "domain": .string(store.domain),
                ])),
            JSONMember(name: "locked", value: .bool(isLocked)),
            JSONMember(name: "disabled", value: .bool(isDisabled)),
            JSONMember(name: "passwordExpires", value: passwordExpires.json),
            JSONMember(name: "lastPasswordSet", value: lastPasswordSet.json),
            JSONMember(name: "mustChange", value: .bool(mustChange)),
            JSONMember(name: "enrolledWith", value: .array(types.map(\.rawValue).sorted().map(JSON.string))),
        ] + (asOf.map { [JSONMember(name: "asOf", value: .string($0.rfc3339))] } ?? [])
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
