import Configuration
import Model

/// What `stores.json5` says about a store of kind `ldap`.
public struct LDAPStoreSettings: Sendable {
    /// Where the servers are.
    public let server: LDAPServerSettings
    /// What the directory calls things.
    let schema: LDAPSchema
    /// Where groups are looked for; empty: below the base.
    let groupBase: String
    /// How the groups of an account are found.
    let groups: GroupLookup
    /// The policy of accounts that name none; `nil` where there is none or it may not be read.
    let defaultPolicy: String?
    /// An entry whose password nobody knows, for sign-ins with a login that does not exist (RL-03).
    let decoyName: String?

    /// How the groups of an account are found.
    enum GroupLookup: String, CaseIterable, Sendable {
        /// By searching for groups that have the account as a member.
        case search
        /// By the attribute `memberOf` of the account and of the groups, which the server keeps.
        case memberOf
    }

    /// Reads the store's settings and those of its servers.
    init(_ reader: ConfigurationReader) {
        server = LDAPServerSettings(reader)
        schema = LDAPSchema(reader)
        groupBase = reader.optionalParsed("groupBase", as: Self.kind, Self.name) ?? server.base
        groups = reader.choice("groups", default: .search)
        defaultPolicy = reader.optionalParsed("defaultPolicy", as: Self.kind, Self.name)
        decoyName = reader.optionalParsed("decoyName", as: Self.kind, Self.name)
    }

    private static let kind = "distinguished name"

    private static func name(_ text: String) -> String? { DistinguishedName(text) == nil ? nil : text }
}

/// What a directory calls the things Latchkey reads and writes.
struct LDAPSchema: Sendable {
    /// How the server keeps the state of passwords.
    enum Vendor: String, CaseIterable, Sendable {
        /// OpenLDAP and others with the password policy draft (draft-behera-ldap-password-policy-10).
        case openLDAP
        /// 389 Directory Server and its relatives.
        case ds389
    }

    let vendor: Vendor
    /// The class that makes an entry an account.
    let personClass: String
    /// The entry's name for good.
    let id: LDAPAttributeName
    let login: LDAPAttributeName
    let displayName: LDAPAttributeName
    let firstName: LDAPAttributeName
    let lastName: LDAPAttributeName
    let mail: LDAPAttributeName
    let mobile: LDAPAttributeName
    /// The languages a person prefers (RFC 2798 §2.7).
    let language: LDAPAttributeName
    /// An attribute that says that an account is switched off; `nil` where the directory has none.
    let disabled: LDAPAttributeName?
    /// The values that say so; without regard to case.
    let disabledValues: [String]
    /// Attributes of groups that name their members by DN.
    let members: [LDAPAttributeName]

    /// Reads `vendor`, `personClass`, `disabledValues`, `memberAttributes` and the names in `attributes`; what the file
    /// does not name is called as the vendor calls it.
    init(_ reader: ConfigurationReader) {
        vendor = reader.choice("vendor", default: .openLDAP)
        personClass = reader.string("personClass", default: "inetOrgPerson", length: 1...128)
        disabledValues = reader.strings("disabledValues", default: ["TRUE"], count: 1...16)
        let members = reader.strings("memberAttributes", default: ["member", "uniqueMember"], count: 1...8)
        self.members = members.compactMap { LDAPAttributeName($0) }
        if self.members.count != members.count {
            reader.report("has a name that is no attribute", at: "memberAttributes")
        }
        let names = reader.object("attributes", required: false)
        let attribute = { (name: String, standard: LDAPAttributeName) in
            names.optionalParsed(name, as: "attribute name") { LDAPAttributeName($0) } ?? standard
        }
        id = attribute("id", vendor == .openLDAP ? "entryUUID" : "nsUniqueId")
        login = attribute("login", "uid")
        displayName = attribute("displayName", "displayName")
        firstName = attribute("firstName", "givenName")
        lastName = attribute("lastName", "sn")
        mail = attribute("mail", "mail")
        mobile = attribute("mobile", "mobile")
        language = attribute("language", "preferredLanguage")
        disabled =
            names.optionalParsed("disabled", as: "attribute name") { LDAPAttributeName($0) }
            ?? (vendor == .ds389 ? "nsAccountLock" : nil)
    }

    /// Everything an account is read from.
    var accountAttributes: [LDAPAttributeName] {
        let facts: [LDAPAttributeName] =
            switch vendor {
            case .openLDAP:
                [
                    "pwdChangedTime", "pwdAccountLockedTime", "pwdReset", "pwdPolicySubentry", "pwdStartTime",
                    "pwdEndTime",
                ]
            case .ds389: ["accountUnlockTime", "passwordExpirationTime", "pwdUpdateTime"]
            }
        return [id, login, displayName, firstName, lastName, mail, mobile, language, "cn", "memberOf"] + facts
            + [disabled].compactMap { $0 }
    }

    /// Entries that are accounts.
    var isPerson: LDAPFilter { .equals("objectClass", personClass) }
}
