import Model

/// An entry and its policy, read as an account.
struct LDAPAccountFacts {
    let entry: LDAPEntry
    let schema: LDAPSchema
    /// `nil` where the account has none that can be read.
    let policy: LDAPPasswordPolicy?

    /// The account, without groups; `nil` for an entry without id, login or readable name, which is none.
    func account(in store: StoreID, at now: Timestamp) -> DirectoryAccount? {
        guard let id = entry.text(schema.id).flatMap({ AccountID(store: store, entry: $0) }),
            let login = entry.text(schema.login), let name = DistinguishedName(entry.dn)
        else { return nil }
        var account = DirectoryAccount(
            id: id, login: login, displayName: entry.text(schema.displayName) ?? entry.text("cn") ?? login,
            container: name.parent.container, credentialVersion: LDAPCredentialVersion(entry, schema).text)
        account.firstName = entry.text(schema.firstName) ?? ""
        account.lastName = entry.text(schema.lastName) ?? ""
        account.mail = entry.text(schema.mail)
        account.mobile = entry.text(schema.mobile).flatMap(Self.phoneNumber)
        account.language = entry.text(schema.language)
        account.isDisabled = isDisabled
        switch schema.vendor {
        case .openLDAP: setPolicyFacts(&account, at: now)
        case .ds389: set389Facts(&account, at: now)
        }
        return account
    }

    private var isDisabled: Bool {
        guard let disabled = schema.disabled else { return false }
        let values = schema.disabledValues.map { $0.lowercased() }
        return entry.texts(disabled).contains { values.contains($0.lowercased()) }
    }

    /// draft-behera-ldap-password-policy-10 §5.3, as OpenLDAP's overlay keeps it (slapo-ppolicy(5)).
    ///
    /// The attribute of a lock stays after the lock has lapsed: its presence alone says nothing.
    private func setPolicyFacts(_ account: inout DirectoryAccount, at now: Timestamp) {
        if let text = entry.text("pwdAccountLockedTime") {
            // 000001010000Z is no moment but an administrator's lock without end; what cannot be read is a lock too.
            let since = text == LDAPCredentialVersion.lockedForGood ? nil : GeneralizedTime.parse(text)
            let duration = policy?.lockDuration ?? .zero
            let end = duration > .zero ? since.map { $0 + duration } : nil
            account.isLocked = end.map { $0 > now } ?? true
            account.lockedUntil = account.isLocked ? end : nil
        }
        account.mustChange = entry.boolean("pwdReset") ?? false
        if let changed = entry.text("pwdChangedTime").flatMap(GeneralizedTime.parse) {
            account.lastPasswordSet = .at(changed)
            if let age = policy?.maximumAge, age > .zero { account.passwordExpires = .at(changed + age) }
        }
        // An entry that was loaded past the overlay has no time of change and does not expire until it has one.
        if let age = policy?.maximumAge, age == .zero, !account.mustChange { account.passwordExpires = .never }
        let start = entry.text("pwdStartTime").flatMap(GeneralizedTime.parse)
        let end = entry.text("pwdEndTime").flatMap(GeneralizedTime.parse)
        account.accountExpired = (end.map { $0 <= now } ?? false) || (start.map { $0 > now } ?? false)
    }

    /// 389 Directory Server keeps the end of the lock and of the password; the first second of 1970 stands for "until an
    /// administrator unlocks" and for "must be changed", the last of 2038 for "never".
    private func set389Facts(_ account: inout DirectoryAccount, at now: Timestamp) {
        let never = Timestamp(seconds: 2_147_480_000), epoch = Timestamp(seconds: 0)
        if let end = entry.text("accountUnlockTime").flatMap(GeneralizedTime.parse) {
            account.isLocked = end == epoch || end > now
            account.lockedUntil = end > now ? end : nil
        }
        if let changed = entry.text("pwdUpdateTime").flatMap(GeneralizedTime.parse) {
            account.lastPasswordSet = .at(changed)
        }
        guard let expires = entry.text("passwordExpirationTime").flatMap(GeneralizedTime.parse) else { return }
        account.mustChange = expires == epoch
        if !account.mustChange { account.passwordExpires = expires >= never ? .never : .at(expires) }
    }

    /// E.164 without the signs people put between digits; `nil` for a number without its country.
    private static func phoneNumber(_ text: String) -> String? {
        let separators: Set<Character> = [" ", "-", ".", "/", "(", ")", "\u{A0}"]
        let number = text.filter { !separators.contains($0) }
        let digits = number.dropFirst().utf8
        guard number.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != UInt8(ascii: "0")
        else { return nil }
        return number
    }
}

/// When the password was last set, and the lock: what every reset and every unlock changes, and a sign-in does not (CR-04).
///
/// Not `entryCSN`: with `lastbind` or a counted failure it changes with every bind. The time of the password has whole
/// seconds, so a reset waits until the second of the password before has passed.
struct LDAPCredentialVersion: Equatable {
    let changed: String
    let locked: String

    /// An administrator's lock without end (draft-behera-ldap-password-policy-10 §5.3.3).
    static let lockedForGood = "000001010000Z"

    init(_ entry: LDAPEntry, _ schema: LDAPSchema) {
        switch schema.vendor {
        case .openLDAP:
            changed = entry.text("pwdChangedTime") ?? "-"
            locked = entry.text("pwdAccountLockedTime") ?? "-"
        case .ds389:
            changed = entry.text("pwdUpdateTime") ?? entry.text("passwordExpirationTime") ?? "-"
            locked = entry.text("accountUnlockTime") ?? "-"
        }
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        changed = String(parts[0])
        locked = String(parts[1])
    }

    var text: String { changed + "/" + locked }
}
