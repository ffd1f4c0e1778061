import Model

/// One account as its directory shows it now.
public struct DirectoryAccount: Sendable, Equatable {
    /// The account's name for good.
    public let id: AccountID
    /// What the person types to sign in.
    public let login: String
    /// The name people see.
    public var displayName: String
    /// The given name; may be empty.
    public var firstName = ""
    /// The family name; may be empty.
    public var lastName = ""
    /// The directory's mail attribute.
    public var mail: String?
    /// The directory's mobile attribute, E.164.
    public var mobile: String?
    /// The languages the person prefers, as the directory has them (RFC 2798 §2.7): `de-CH, en;q=0.5`.
    public var language: String?
    /// Where the entry stands in the tree.
    public var container: Container
    /// The groups the account is in, by way of other groups too, each as ``IdentityStore/group(parsing:)`` has it. A store
    /// that cannot read them all fails to read the account: who is not known to be in no protected group is protected
    /// (OP-04).
    public var groups: Set<String> = []
    /// Whether an administrator has switched the account off.
    public var isDisabled = false
    /// Whether the directory refuses sign-in now because of a lock; a lock that has lapsed is none.
    public var isLocked = false
    /// When the lock lapses; `nil` when there is none, or when it stays until somebody unlocks.
    public var lockedUntil: Timestamp?
    /// When the password expires. An account that must change its password does not count as `never`.
    public var passwordExpires: Fact<Timestamp> = .unknown
    /// When the password was last set.
    public var lastPasswordSet: Fact<Timestamp> = .unknown
    /// Whether the password has to be changed at the next logon.
    public var mustChange = false
    /// Whether the account itself, not its password, has expired.
    public var accountExpired = false
    /// An opaque text that changes with every reset and unlock (CR-04).
    public var credentialVersion: String

    /// An account of which nothing more is known; what the directory tells is set afterward.
    public init(id: AccountID, login: String, displayName: String, container: Container, credentialVersion: String) {
        self.id = id
        self.login = login
        self.displayName = displayName
        self.container = container
        self.credentialVersion = credentialVersion
    }

    /// Whether the password had expired at the moment.
    public func isPasswordExpired(at now: Timestamp) -> Bool {
        switch passwordExpires {
        case .at(let moment): moment <= now
        case .never, .unknown: false
        }
    }
}

/// Something a directory may not tell (S4).
public enum Fact<Value: Sendable & Equatable>: Sendable, Equatable {
    /// The directory says so.
    case at(Value)
    /// The directory says that it never was or never will be.
    case never
    /// The directory cannot tell.
    case unknown
}
