import Model

/// Which entries are accounts of people, and what is read of them.
enum AccountQuery {
    /// Users, but no computers and trusts (`sAMAccountType` 0x30000000, MS-ADTS §2.2.18, indexed by itself), and none
    /// that the directory's own tools hide, like the account of the Kerberos key, which nobody may reset from here.
    static let isAccount = LDAPFilter.and([
        .equals("sAMAccountType", "805306368"), .not(.equals("showInAdvancedViewOnly", "TRUE")),
    ])

    static let attributes: [LDAPAttributeName] = [
        "objectGUID", "objectSid", "sAMAccountName", "userPrincipalName", "displayName", "cn", "givenName", "sn",
        "mail",
        "mobile", "preferredLanguage", "memberOf", "primaryGroupID", "userAccountControl",
        "msDS-User-Account-Control-Computed",
        "lockoutTime", "pwdLastSet", "msDS-UserPasswordExpiryTimeComputed", "msDS-ResultantPSO", "accountExpires",
        "replPropertyMetaData",
    ]

    /// Entries asked for in one filter.
    static let batch = 100

    /// The account of a login: the name from before Windows 2000, or the one with a domain.
    static func of(login: Login) -> LDAPFilter {
        .and([
            isAccount,
            .or([.equals("sAMAccountName", login.text), .equals("userPrincipalName", login.text)]),
        ])
    }

    static func of(_ entries: [ObjectGUID]) -> LDAPFilter {
        .and([isAccount, .or(entries.map { .equals("objectGUID", $0.bytes) })])
    }
}
