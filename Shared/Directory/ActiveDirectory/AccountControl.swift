/// Bits of `userAccountControl` and `msDS-User-Account-Control-Computed` (MS-ADTS §2.2.16, §3.1.1.4.5.17).
struct AccountControl: OptionSet, Sendable {
    let rawValue: Int64

    /// Switched off by an administrator.
    static let disabled = AccountControl(rawValue: 0x2)
    /// Locked after wrong passwords; only in the computed attribute.
    static let locked = AccountControl(rawValue: 0x10)
    /// The password never expires.
    static let passwordNeverExpires = AccountControl(rawValue: 0x1_0000)
    /// The password has expired, or has to be changed; only in the computed attribute.
    static let passwordExpired = AccountControl(rawValue: 0x80_0000)
}
