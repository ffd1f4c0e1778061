/// Why a password is refused.
public enum PasswordProblem: Error, Sendable, Hashable {
    /// Fewer characters than the policy wants.
    case tooShort(minimum: Int)
    /// More characters than the policy allows.
    case tooLong(maximum: Int)
    /// Not UTF-8 text, or with control characters in it, which no keyboard types.
    case notText
    /// Fewer kinds of characters than the policy wants.
    case tooFewClasses(minimum: Int)
    /// Contains a word the policy bans.
    case bannedWord
    /// Contains the login or a part of the name.
    case personal
    /// Found in the dictionary, or made from a word of it.
    case dictionary
    /// Judged too weak for another reason: a palindrome, a sequence, the same character over and over.
    case weak
    /// The checker could not judge it; try again, or tell the administrator.
    case notChecked

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .tooShort: "password.too_short"
        case .tooLong: "password.too_long"
        case .notText: "password.not_text"
        case .tooFewClasses: "password.too_few_classes"
        case .bannedWord: "password.banned_word"
        case .personal: "password.personal"
        case .dictionary: "password.dictionary"
        case .weak: "password.weak"
        case .notChecked: "password.not_checked"
        }
    }

    /// A sentence for people. It never holds a part of the password.
    public var sentence: String {
        switch self {
        case .tooShort(let minimum): "The password needs at least \(minimum) characters."
        case .tooLong(let maximum): "The password can have at most \(maximum) characters."
        case .notText: "The password contains characters that cannot be typed."
        case .tooFewClasses(let minimum):
            "The password needs \(minimum) of these: upper case, lower case, digits, other characters."
        case .bannedWord: "The password contains a word that is not allowed here."
        case .personal: "The password contains the login or a part of the name."
        case .dictionary: "The password is based on a word of the dictionary or is a common one."
        case .weak: "The password is too easy to guess."
        case .notChecked: "The password could not be checked. Try again later."
        }
    }
}
