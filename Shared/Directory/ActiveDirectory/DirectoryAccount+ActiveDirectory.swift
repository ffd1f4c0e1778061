import Model

extension DirectoryAccount {
    /// Reads an entry with the attributes of ``AccountQuery``.
    ///
    /// When a lock lapses is for ``DomainReader/endOfLock(_:)`` to tell.
    ///
    /// - Parameter groups: as ``DomainReader/groups(of:)`` tells them.
    /// - Throws: `malformed` when the entry lacks what is needed to judge it, most likely because the service account
    ///   may
    ///   not read it: a guess would let somebody in or leave somebody unprotected.
    init(
        _ entry: LDAPEntry, of store: StoreID, groups: Set<String>, now: Timestamp
    ) throws(LDAPFailure) {
        guard let guid = entry.values("objectGUID").first.flatMap({ ObjectGUID(bytes: $0) }),
            let id = AccountID(store: store, entry: guid.text), let login = entry.text("sAMAccountName"),
            let container = DistinguishedName(entry.dn)?.parent.container
        else { throw .malformed("an account without id, login or readable name: \(entry.dn)") }
        let control = try Self.control("userAccountControl", entry)
        let computed = try Self.control("msDS-User-Account-Control-Computed", entry)
        let stamps = try CredentialStamps(entry)
        self.init(
            id: id, login: login, displayName: entry.text("displayName") ?? entry.text("cn") ?? login,
            container: container, credentialVersion: stamps.text)
        firstName = entry.text("givenName") ?? ""
        lastName = entry.text("sn") ?? ""
        mail = entry.text("mail")
        mobile = entry.text("mobile").flatMap { internationalNumber($0) }
        language = entry.text("preferredLanguage")
        self.groups = groups
        isDisabled = control.contains(.disabled)
        isLocked = computed.contains(.locked)
        setPasswordFacts(entry, computed)
        if let end = entry.integer("accountExpires").flatMap({ FileTime.timestamp($0) }) { accountExpired = end <= now }
    }

    /// `pwdLastSet` is 0 while the password has to be changed: when it was set is then told by its replication stamp,
    /// and when it expires by nobody.
    private mutating func setPasswordFacts(_ entry: LDAPEntry, _ computed: AccountControl) {
        let written = entry.values("replPropertyMetaData").first.flatMap { ReplicationMetadata($0) }?[.unicodePwd]
        let set = entry.integer("pwdLastSet") ?? 0
        mustChange = set == 0 && computed.contains(.passwordExpired)
        if let moment = FileTime.timestamp(set) {
            lastPasswordSet = .at(moment)
        } else {
            lastPasswordSet = written.map { .at($0.time) } ?? .never
        }
        let expires = entry.integer("msDS-UserPasswordExpiryTimeComputed") ?? 0
        if set == 0 {
            passwordExpires = .unknown
        } else if expires == FileTime.never {
            passwordExpires = .never
        } else {
            passwordExpires = FileTime.timestamp(expires).map { .at($0) } ?? .unknown
        }
    }

    private static func control(_ name: LDAPAttributeName, _ entry: LDAPEntry) throws(LDAPFailure) -> AccountControl {
        guard let bits = entry.integer(name) else { throw .malformed("\(name) of \(entry.dn) cannot be read") }
        return AccountControl(rawValue: bits)
    }
}

extension CredentialStamps {
    /// Reads them from an entry.
    init(_ entry: LDAPEntry) throws(LDAPFailure) {
        guard let metadata = entry.values("replPropertyMetaData").first.flatMap({ ReplicationMetadata($0) }) else {
            throw .malformed("replPropertyMetaData of \(entry.dn) cannot be read")
        }
        self.init(metadata, lockoutTime: entry.integer("lockoutTime") ?? 0)
    }
}
