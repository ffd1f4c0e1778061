import Model

/// What came of a sign-in: one outward answer for every failure (RL-03).
public enum SignInOutcome: Sendable, Equatable {
    /// The password is right and the directory lets the person in.
    case accepted(DirectoryAccount)
    /// Refused. The reason is for the audit log and never for the person.
    case rejected(SignInRejection)

    /// Why it was refused, for the audit log only.
    public var rejectedBecause: SignInRejection? {
        switch self {
        case .accepted: nil
        case .rejected(let rejection): rejection
        }
    }
}

/// Why a sign-in was refused, for the audit log only: telling it to the person would tell an attacker which logins
/// exist and which passwords are right (RL-03).
public struct SignInRejection: Sendable, Equatable {
    /// The reasons a directory has.
    public enum Reason: String, CaseIterable, Sendable {
        case unknownAccount
        case wrongPassword
        case locked
        case disabled
        case accountExpired
        case passwordExpired
        /// The directory's own rules want more than a password, for example a second factor.
        case refusedByDirectory
    }

    /// The reason.
    public let reason: Reason
    /// The account the login belongs to; `nil` when there is none, or when the directory does not tell.
    public let account: AccountID?

    /// Makes a rejection of its parts.
    public init(_ reason: Reason, account: AccountID?) {
        self.reason = reason
        self.account = account
    }
}
