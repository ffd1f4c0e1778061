/// What a server says about a password beside its result code (draft-behera-ldap-password-policy-10 §6.2).
struct PasswordPolicyAnswer: Sendable, Equatable {
    /// Why it refused, or what it wants.
    enum Problem: Int, Sendable {
        case passwordExpired = 0
        case accountLocked = 1
        case changeAfterReset = 2
        case passwordModNotAllowed = 3
        case mustSupplyOldPassword = 4
        case insufficientPasswordQuality = 5
        case passwordTooShort = 6
        case passwordTooYoung = 7
        case passwordInHistory = 8
        case passwordTooLong = 9
    }

    /// The problem; `nil` when the server names none, or one that is not in the draft.
    var problem: Problem?

    static let id = "1.3.6.1.4.1.42.2.27.8.5.1"

    /// Asks the server for its words.
    static let request = LDAPControl(id)

    /// Reads the answer's control; `nil` when there is none or it is malformed: it explains a result, it is none.
    init?(in controls: [LDAPControl]) {
        guard let value = controls[Self.id]?.value, let answer = try? BERDecoder(value).nested() else { return nil }
        while let tag = answer.nextTag {
            if tag == BERTag.context(1) {
                guard let number = try? answer.integer() else { return nil }
                problem = Problem(rawValue: number)
            } else if (try? answer.octets()) == nil {
                return nil
            }
        }
    }
}
