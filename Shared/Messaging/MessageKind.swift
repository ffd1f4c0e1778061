/// What a message is about. One case, one template in every language.
public enum MessageKind: String, CaseIterable, Sendable, Hashable {
    /// The code a caller reads to the operator (AC-07).
    case accessCode
    /// The code that confirms an address at enrollment.
    case enrollmentCode
    /// A password the help desk has set.
    case newPassword
    /// Notice: the help desk reset a password.
    case passwordReset
    /// The link with which the owner sets a password (R3).
    case secureLink
    /// Notice: the help desk sent such a link, perhaps to another address of the owner.
    case secureLinkSent
    /// Notice: a password was set with such a link.
    case passwordSetByLink
    /// Notice: the help desk unlocked an account.
    case accountUnlocked
    /// Notice: an authentication type was enrolled.
    case factorEnrolled
    /// Notice: an authentication type was removed.
    case factorRemoved
    /// Notice: the help desk removed an authentication type.
    case factorUnenrolled
    /// Notice to the old address: the enrolled number or address was replaced (AC-06).
    case addressChanged
    /// Notice: an authentication type is locked after wrong values.
    case factorLocked
    /// Notice: another account's enrollment serves this one now, by an administrator.
    case accountLinked
    /// Notice: the two accounts no longer share an enrollment.
    case accountUnlinked
    /// Asks somebody to enroll (E3).
    case enrollmentReminder
    /// Notice: an operator acted without verifying the caller (VS-11).
    case verificationSkipped

    /// What the sender has to fill in; the product's name and the time are filled in for it.
    public var fields: Set<MessageField> {
        switch self {
        case .accessCode: [.action, .code, .minutes]
        case .enrollmentCode: [.code, .minutes]
        case .newPassword: [.login, .store, .password, .mustChange]
        case .secureLink: [.login, .store, .link, .minutes]
        case .passwordReset, .secureLinkSent, .passwordSetByLink, .accountUnlocked: [.login, .store]
        case .factorEnrolled, .factorRemoved, .factorUnenrolled, .addressChanged: [.login, .factor]
        case .factorLocked: [.login, .factor, .minutes]
        case .accountLinked, .accountUnlinked: [.login, .store, .otherLogin, .otherStore]
        case .enrollmentReminder: [.login, .store, .types, .link]
        case .verificationSkipped: [.login, .action]
        }
    }

    /// Somebody waits for it: it overtakes notices in the queue.
    public var isUrgent: Bool {
        switch self {
        case .accessCode, .enrollmentCode, .newPassword, .secureLink: true
        case .passwordReset, .secureLinkSent, .passwordSetByLink, .accountUnlocked, .factorEnrolled, .factorRemoved,
            .factorUnenrolled, .addressChanged, .factorLocked, .accountLinked, .accountUnlinked, .enrollmentReminder,
            .verificationSkipped:
            false
        }
    }

    /// The fields that follow a sender's own words where those lack them, each in the template's paragraph that names it.
    var appended: [MessageField] { self == .enrollmentReminder ? [.types, .link] : [] }
}
