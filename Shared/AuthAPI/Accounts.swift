import Model
import StrictJSON

/// What the helpdesk may know of an account's enrollment, and of the account's own standing as an operator.
public struct AccountEnrollments: WireType {
    /// The account asked about.
    public let account: AccountID
    /// The account whose enrollment serves this one: itself, or the master it is linked to.
    public let master: AccountID
    /// Every account of the same person, the one asked about included.
    public let samePerson: Set<AccountID>
    /// The types the master is enrolled with.
    public let types: Set<AuthenticationType>
    /// The priority of the account's own role where that role works at the desk (OP-04).
    public let operatorRank: Int?

    /// Makes it of its parts.
    public init(
        account: AccountID, master: AccountID, samePerson: Set<AccountID>, types: Set<AuthenticationType>,
        operatorRank: Int?
    ) {
        self.account = account
        self.master = master
        self.samePerson = samePerson
        self.types = types
        self.operatorRank = operatorRank
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "account": .string(account.text), "master": .string(master.text),
            "samePerson": .array(samePerson.map(\.text).sorted().map(JSON.string)), "types": .sorted(types),
            "operatorRank": operatorRank.map { .integer(Int64($0)) },
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        account = try reader.parsed("account") { AccountID($0) }
        master = try reader.parsed("master") { AccountID($0) }
        samePerson = Set(try reader.accounts("samePerson"))
        types = try reader.set("types")
        operatorRank = try reader.optionalInteger("operatorRank", in: 1...99).map(Int.init)
    }
}

/// The addresses an account has enrolled, in full; the helpdesk masks them for operators who may not see them.
public struct AccountContacts: WireType {
    /// The addresses.
    public let contacts: [Contact]

    /// Makes it of its parts.
    public init(contacts: [Contact]) {
        self.contacts = contacts
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "contacts": .array(
                contacts.map { contact in
                    .object([
                        "id": .string(contact.id.text), "channel": .string(contact.channel.rawValue),
                        "address": .string(contact.address),
                        "changedAt": contact.changedAt.map { .string($0.rfc3339) },
                    ])
                })
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        var list: [Contact] = []
        for var item in try reader.objects("contacts", count: 0...16) {
            list.append(
                Contact(
                    id: try item.parsed("id") { ContactID($0) }, channel: try item.choice("channel"),
                    source: .enrolled, address: try item.string("address", length: 1...512),
                    changedAt: try item.optionalParsed("changedAt") { Timestamp(rfc3339: $0) }))
            try item.finish()
        }
        contacts = list
    }
}

/// What an operator may do right now in one store: the session is alive, and this is the role.
public struct OperatorAuthority: WireType {
    /// The operator.
    public let account: AccountID
    /// The session that was found alive.
    public let session: SessionID
    /// The role.
    public let role: RoleID
    /// The role's priority.
    public let rank: Int
    /// The stores the role reaches.
    public let scope: Set<StoreID>
    /// What the role may do.
    public let permissions: Set<Permission>
    /// How the role works at the desk.
    public let policy: HelpdeskPolicy
    /// Names the state of all roles and policies the decision was made under (VS-02).
    public let policyVersion: String

    /// Makes it of its parts.
    public init(
        account: AccountID, session: SessionID, role: Role, policyVersion: String
    ) {
        self.account = account
        self.session = session
        self.role = role.id
        rank = role.priority
        scope = role.scope
        permissions = role.permissions
        policy = role.helpdesk
        self.policyVersion = policyVersion
    }

    /// As it travels.
    public var json: JSON {
        .object([
            "account": .string(account.text), "session": .string(session.text), "role": .string(role.text),
            "rank": .integer(Int64(rank)), "scope": .array(scope.map(\.text).sorted().map(JSON.string)),
            "permissions": .sorted(permissions), "policy": policy.json, "policyVersion": .string(policyVersion),
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        account = try reader.parsed("account") { AccountID($0) }
        session = try reader.parsed("session") { SessionID($0) }
        role = try reader.parsed("role") { RoleID($0) }
        rank = Int(try reader.integer("rank", in: 1...99))
        let pointer = reader.pointer
        scope = try Set(
            reader.strings("scope", count: 0...1_000).map { (text) throws(JSONError) in
                guard let store = StoreID(text) else {
                    throw JSONError(pointer: pointer + "/scope", reason: "is not a list of stores")
                }
                return store
            })
        permissions = try reader.set("permissions")
        var inner = try reader.object("policy")
        policy = try HelpdeskPolicy(reader: &inner)
        try inner.finish()
        policyVersion = try reader.string("policyVersion", length: 1...128)
    }
}

extension HelpdeskPolicy: WireType {
    /// As it travels.
    public var json: JSON {
        .object([
            "mode": .string(mode.rawValue), "requirement": requirement.json,
            "minimumQuestions": minimumQuestions.map { .integer(Int64($0)) },
            "container": container.map { .array($0.components.map(JSON.string)) },
            "methods": .sorted(methods), "channels": .sorted(channels),
            "mustChangeAtNextLogon": .bool(mustChangeAtNextLogon),
            "operatorMaySeePassword": .bool(operatorMaySeePassword),
            "directoryAddressesForEnrolled": .bool(directoryAddressesForEnrolled),
            "skipNeedsReason": .bool(skipNeedsReason),
        ])
    }

    /// Reads it.
    public init(reader: inout JSONObjectReader) throws(JSONError) {
        self.init(
            mode: try reader.choice("mode"), requirement: try Requirement(reader: &reader),
            minimumQuestions: try reader.optionalInteger("minimumQuestions", in: 1...20).map(Int.init),
            container: try reader.optionalStrings("container", count: 0...64).map(Container.init(components:)),
            methods: try reader.set("methods"), channels: try reader.set("channels"),
            mustChangeAtNextLogon: try reader.bool("mustChangeAtNextLogon"),
            operatorMaySeePassword: try reader.bool("operatorMaySeePassword"),
            directoryAddressesForEnrolled: try reader.bool("directoryAddressesForEnrolled"),
            skipNeedsReason: try reader.bool("skipNeedsReason"))
    }
}

extension HelpdeskPolicy.Requirement {
    fileprivate var json: JSON {
        switch self {
        case .usersPolicy: "usersPolicy"
        case .anyPossession: "anyPossession"
        case .atLeast(let count): .object(["atLeast": .integer(Int64(count))])
        }
    }

    fileprivate init(reader: inout JSONObjectReader) throws(JSONError) {
        let pointer = reader.pointer + "/requirement"
        switch reader.value("requirement") {
        case .string("usersPolicy"): self = .usersPolicy
        case .string("anyPossession"): self = .anyPossession
        case .some(let value):
            var object = try JSONObjectReader(value, pointer: pointer)
            self = .atLeast(Int(try object.integer("atLeast", in: 1...4)))
            try object.finish()
        case nil: throw JSONError(pointer: pointer, reason: "is missing")
        }
    }
}

extension JSONObjectReader {
    /// A list of account ids.
    mutating func accounts(_ name: String) throws(JSONError) -> [AccountID] {
        var result: [AccountID] = []
        for (index, text) in try strings(name, count: 1...32, length: 1...129).enumerated() {
            guard let account = AccountID(text) else {
                throw JSONError(pointer: "\(pointer)/\(name)/\(index)", reason: "is not an account id")
            }
            guard !result.contains(account) else {
                throw JSONError(pointer: "\(pointer)/\(name)/\(index)", reason: "is named twice")
            }
            result.append(account)
        }
        return result
    }
}
