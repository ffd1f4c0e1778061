import Model
import Platform

/// Makes passwords that can be read out over the phone.
public struct PasswordGenerator: Sendable {
    /// Letters, digits and signs that no font and no voice confuses: no `0 O o 1 l I`, no quotes, no space.
    public static let alphabet = classes.joined()

    private static let classes = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "-+=%#@?*"]

    private let random: any RandomSource

    /// Draws from this source.
    public init(random: any RandomSource = SystemRandom()) {
        self.random = random
    }

    /// A password of this many characters (at least 12), each drawn evenly from the alphabet.
    ///
    /// It has at least one upper case letter, one lower case letter, one digit and one sign, never one character twice
    /// in a row: a draw without is thrown away whole, so that the rest stay equally likely. 16 characters carry more
    /// than 95 bits.
    public func generate(length: Int = SecurityLimits.generatedPasswordLength) -> Secret {
        let alphabet = Array(Self.alphabet.utf8)
        let classes = Self.classes.map { Set($0.utf8) }
        while true {
            let password = (0..<max(length, 12)).map { _ in alphabet[random.number(below: alphabet.count)] }
            let hasAll = classes.allSatisfy { members in password.contains { members.contains($0) } }
            let isRepeating = zip(password, password.dropFirst()).contains { $0 == $1 }
            if hasAll && !isRepeating { return Secret(password) }
        }
    }

    /// A password that the checker finds nothing wrong with: at least as long as its policy wants, drawn anew where it
    /// happens to hold a banned word. `nil` when 100 draws did not do, which means a policy that cannot be met.
    public func generate(passing checker: PasswordChecker, personal: [String]) async -> Secret? {
        let length = max(SecurityLimits.generatedPasswordLength, checker.policy.minimumLength)
        for _ in 0..<100 {
            let password = generate(length: length)
            if await checker.check(password, personal: personal).isEmpty { return password }
        }
        return nil
    }
}
