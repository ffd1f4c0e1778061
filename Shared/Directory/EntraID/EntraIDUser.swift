import Model
import StrictJSON

/// A user as Graph tells it ("user resource type"). Properties nobody asked for are passed over: Graph adds some over time.
struct EntraIDUser: Sendable {
    let id: ObjectID
    /// The user principal name.
    let login: String
    let displayName: String
    let firstName: String
    let lastName: String
    let mail: String?
    let mobile: String?
    let language: String?
    let isDisabled: Bool
    let mustChange: Bool
    let neverExpires: Bool
    /// Whether the user is kept in a directory on premises, which Graph does not write to.
    let isSynchronized: Bool
    let passwordSet: Timestamp?
    /// The operation that set the password last, where the tenant has a place for it.
    let operation: String?

    /// The properties that are read.
    static func properties(_ settings: EntraIDSettings) -> [String] {
        [
            "id", "userPrincipalName", "displayName", "givenName", "surname", settings.mailAttribute.rawValue,
            "mobilePhone", "accountEnabled", "lastPasswordChangeDateTime", "passwordPolicies", "passwordProfile",
            "onPremisesSyncEnabled", "preferredLanguage",
        ] + (settings.operationAttribute.map { [$0] } ?? [])
    }

    /// The properties whose changes are asked for. What is not among them changes together with one that is, or is no
    /// part of a list.
    static func tracked(_ settings: EntraIDSettings) -> [String] {
        [
            "userPrincipalName", "displayName", "givenName", "surname", settings.mailAttribute.rawValue, "mobilePhone",
            "accountEnabled", "lastPasswordChangeDateTime", "passwordPolicies",
        ]
    }

    init(_ json: JSON, settings: EntraIDSettings) throws(StoreError) {
        guard let id = json["id"]?.stringValue.flatMap({ ObjectID($0) }),
            let login = json["userPrincipalName"]?.stringValue, !login.isEmpty
        else { throw .malformed("Microsoft Graph tells of a user without id or userPrincipalName") }
        self.id = id
        self.login = login
        displayName = Self.text(json, "displayName") ?? login
        firstName = Self.text(json, "givenName") ?? ""
        lastName = Self.text(json, "surname") ?? ""
        switch settings.mailAttribute {
        case .mail: mail = Self.text(json, "mail")
        case .otherMails: mail = json["otherMails"]?.arrayValue?.first?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        mobile = Self.text(json, "mobilePhone").flatMap(Self.number)
        language = Self.text(json, "preferredLanguage")
        // Absent means that it may not be read; nobody is told to be enabled by that.
        isDisabled = json["accountEnabled"]?.boolValue != true
        let profile = json["passwordProfile"]
        mustChange =
            profile?["forceChangePasswordNextSignIn"]?.boolValue == true
            || profile?["forceChangePasswordNextSignInWithMfa"]?.boolValue == true
        let policies = json["passwordPolicies"]?.stringValue ?? ""
        neverExpires = policies.utf8.split(separator: UInt8(ascii: ",")).contains { policy in
            policy.drop { $0 == 0x20 }.elementsEqual("DisablePasswordExpiration".utf8)
        }
        isSynchronized = json["onPremisesSyncEnabled"]?.boolValue == true
        passwordSet = json["lastPasswordChangeDateTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        operation = settings.operationAttribute.flatMap { Self.text(json, $0) }
    }

    /// Changes with every password: the time of it, to the second as Graph tells it, and the operation, where the tenant
    /// has a place for it. Signing in changes neither (CR-04).
    var version: EntraIDVersion { EntraIDVersion(passwordSet: passwordSet, operation: operation) }

    /// The account, with what is not told by the user itself.
    func account(in store: StoreID, groups: Set<String>, domains: EntraIDDomains?) throws(StoreError)
        -> DirectoryAccount
    {
        guard let id = AccountID(store: store, entry: id.text) else { throw .malformed("an object id that is none") }
        var account = DirectoryAccount(
            id: id, login: login, displayName: displayName, container: Container(components: []),
            credentialVersion: version.text)
        account.firstName = firstName
        account.lastName = lastName
        account.mail = mail
        account.language = language
        account.mobile = mobile
        account.groups = groups
        account.isDisabled = isDisabled
        account.mustChange = mustChange
        account.lastPasswordSet = passwordSet.map { .at($0) } ?? .unknown
        account.passwordExpires = expiry(domains)
        return account
    }

    private func expiry(_ domains: EntraIDDomains?) -> Fact<Timestamp> {
        let domain = login.split(separator: "@", omittingEmptySubsequences: false).last.map { $0.lowercased() }
        // Whoever must change the password does not count as never (S4).
        let never: Fact<Timestamp> = mustChange ? .unknown : .never
        if neverExpires { return never }
        switch domain.flatMap({ domains?.passwordLife(of: $0) }) {
        case .unlimited: return never
        case .days(let days): return passwordSet.map { .at($0 + .seconds(86_400 * days)) } ?? .unknown
        case .elsewhere, nil: return .unknown
        }
    }

    private static func text(_ json: JSON, _ name: String) -> String? {
        json[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// E.164 of a number in international form, which people write with spaces, hyphens, dots and brackets; a number
    /// without its country is nobody's.
    private static func number(_ text: String) -> String? {
        let bytes = text.utf8.filter { !" -.()/".utf8.contains($0) }
        guard bytes.first == UInt8(ascii: "+"), (8...16).contains(bytes.count),
            bytes.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The credential version of a user: when the password was set, and by which operation.
struct EntraIDVersion: Sendable, Equatable {
    let passwordSet: Timestamp?
    let operation: String?

    init(passwordSet: Timestamp?, operation: String?) {
        self.passwordSet = passwordSet
        self.operation = operation
    }

    /// Reads what ``text`` has written.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        passwordSet = Timestamp(rfc3339: String(parts[0]))
        guard passwordSet != nil || parts[0] == "-" else { return nil }
        operation = parts[1] == "-" ? nil : String(parts[1])
    }

    /// `2026-11-21T09:45:00.000Z/op-1`; `-` for what is not known.
    var text: String { "\(passwordSet?.rfc3339 ?? "-")/\(operation ?? "-")" }
}
