/// What a server's refusal of a write means (PW-01).
enum LDAPRefusal {
    /// The directory's policy refuses the password: a stable code and a sentence, the same for every server. The
    /// server's own words are no help: they differ, and are not made for people.
    static func ofPassword(_ problem: PasswordPolicyAnswer.Problem?) -> StoreError {
        switch problem {
        case .passwordTooShort: refused("too_short", "The password is too short for the directory's policy.")
        case .passwordTooLong: refused("too_long", "The password is too long for the directory's policy.")
        case .passwordInHistory: refused("in_history", "The password was used before; the directory wants a new one.")
        case .passwordTooYoung:
            refused("too_young", "The password was changed a short while ago; the directory does not take another yet.")
        case .insufficientPasswordQuality:
            refused("weak", "The password does not meet the directory's quality policy.")
        case .passwordModNotAllowed:
            refused("not_allowed", "The directory's policy does not let this password be changed.")
        case .mustSupplyOldPassword:
            refused("old_needed", "The directory's policy wants the old password for a change.")
        case .passwordExpired, .accountLocked, .changeAfterReset, nil:
            refused("refused", "The directory's policy does not take this password.")
        }
    }

    private static func refused(_ code: String, _ message: String) -> StoreError {
        .refused(code: "password." + code, message: message)
    }

    /// Why a write did not happen, or may have.
    ///
    /// A server that answers with a result has ended the operation without doing it (RFC 4511 §4.6). Only `other` comes
    /// when something broke inside of it, a full disk for example: that is settled by reading.
    static func ofWrite(_ result: LDAPResult) -> StoreError {
        switch result.code {
        case .insufficientAccessRights:
            .unsupported("The directory does not let the service account write this account.")
        case .noSuchObject: .notFound
        case .assertionFailed: .conflict
        case .referral, .unwillingToPerform:
            .unavailable("The directory is read-only: \(result.description)")
        case .other: .outcomeUnknown("The directory failed: \(result.description)")
        default: .unavailable("The directory does not write: \(result.description)")
        }
    }
}
