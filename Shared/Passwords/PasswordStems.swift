import TextFolding

/// The word a decorated password is made from: `P@ssw0rd2026!` is `password` with digits and signs around it.
///
/// cracklib knows the word but not this decoration, which is the first thing a guesser tries.
enum PasswordStems {
    /// Words to look up in the dictionary, lower case, at least half as long as the password. A shorter word with
    /// more around it is left to the length of the rest.
    static func stems(of password: String) -> [String] {
        let folded = Array(TextFolding.search(password).unicodeScalars)
        let trimmed = trimmingSigns(folded)
        return [trimmed, trimmed.map(withoutDisguise), trimmingSigns(folded.map(withoutDisguise))]
            .filter { $0.count >= 4 && $0.count * 2 >= folded.count }
            .map { String(String.UnicodeScalarView($0)) }
    }

    /// Whether it, or the word inside, stands at the top of every list of leaked passwords without being a word.
    static func isCommon(_ password: String) -> Bool {
        ([TextFolding.search(password)] + stems(of: password)).contains { common.contains($0) }
    }

    /// Without the digits and signs at both ends.
    private static func trimmingSigns(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let first = scalars.firstIndex(where: { $0.properties.isAlphabetic }),
            let last = scalars.lastIndex(where: { $0.properties.isAlphabetic })
        else { return [] }
        return Array(scalars[first...last])
    }

    private static func withoutDisguise(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        disguises[scalar] ?? scalar
    }

    private static let disguises: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "|": "l",
        "+": "t",
    ]

    /// What no dictionary has: walks over the keyboard and phrases written as one word.
    private static let common: Set<String> = [
        "qwerty", "qwertz", "azerty", "qwertyuiop", "qwertzuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "qazwsx",
        "qazwsxedc", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "qwerasdfzxcv", "abcabc", "abcdefgh",
        "123456789012", "1234567890123", "12345678901234", "098765432109", "111222333444", "112233445566",
        "iloveyou", "letmein", "letmeinplease", "trustno", "passwort", "motdepasse", "changeme", "changeit",
        "changethis", "newpassword", "mypassword", "passpass", "passwordpassword", "welcomeback", "admin",
        "adminadmin", "administrator", "rootroot", "testtest", "secretsecret", "helpdesk", "password",
    ]
}
