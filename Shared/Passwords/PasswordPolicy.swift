/// What a new password has to be like, besides what the directory itself wants (PW-01, PW-02).
public struct PasswordPolicy: Sendable, Equatable {
    /// Every policy lets passwords be at least this long (NIST SP 800-63B §3.1.1.2).
    public static let leastMaximumLength = 64

    /// Least number of Unicode scalars after NFC.
    public let minimumLength: Int
    /// Greatest number of Unicode scalars after NFC; at least `leastMaximumLength`.
    public let maximumLength: Int
    /// Least number of kinds of characters (upper case, lower case, digits, others), 0 to 4.
    public let minimumClasses: Int
    /// Words a password must not contain, whatever their case and accents.
    public let bannedWords: [String]
    /// Whether libpwquality judges it: dictionary words, palindromes, the login in some form.
    public let checkQuality: Bool

    /// Numbers outside their range are moved to its nearest end.
    public init(
        minimumLength: Int = 12, maximumLength: Int = 128, minimumClasses: Int = 0, bannedWords: [String] = [],
        checkQuality: Bool = true
    ) {
        self.minimumLength = min(max(minimumLength, 1), Self.leastMaximumLength)
        self.maximumLength = min(max(maximumLength, Self.leastMaximumLength), 1_024)
        self.minimumClasses = min(max(minimumClasses, 0), 4)
        self.bannedWords = bannedWords
        self.checkQuality = checkQuality
    }
}
