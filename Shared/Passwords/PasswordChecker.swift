import Model
import Platform
import TextFolding

/// Judges new passwords by a policy (PW-01, PW-02). Also for a password an operator sets.
public final class PasswordChecker: Sendable {
    /// The policy it judges by.
    public let policy: PasswordPolicy

    private let bannedWords: [String]
    private let quality: QualityChecker

    /// Fails when the dictionary is missing: libpwquality would then refuse every password.
    public init(_ policy: PasswordPolicy) throws(PasswordError) {
        self.policy = policy
        bannedWords = policy.bannedWords.map(TextFolding.search).filter { !$0.isEmpty }
        quality = try QualityChecker.shared.get()
    }

    /// Everything that is wrong with a password; empty when it is fine.
    ///
    /// - Parameter personal: the login first, then names and other words about the person.
    public func check(_ password: Secret, personal: [String]) async -> [PasswordProblem] {
        guard let text = password.copyText(), !text.unicodeScalars.contains(where: isControl) else { return [.notText] }
        var problems = lengthProblems(text)
        // A text longer than any password is not worth the time of the other checks.
        guard !problems.contains(.tooLong(maximum: policy.maximumLength)) else { return problems }
        problems += wordProblems(text, personal: personal)
        if classes(of: text) < policy.minimumClasses {
            problems.append(.tooFewClasses(minimum: policy.minimumClasses))
        }
        if policy.checkQuality, let problem = await quality.judge(password, login: personal.first) {
            if !problems.contains(problem) { problems.append(problem) }
        }
        return problems
    }

    /// Counted in Unicode scalars after NFC, as NIST SP 800-63B §3.1.1.2 wants it; libpwquality counts bytes.
    private func lengthProblems(_ text: String) -> [PasswordProblem] {
        let length = TextFolding.nfc(text).unicodeScalars.count
        if length < policy.minimumLength { return [.tooShort(minimum: policy.minimumLength)] }
        if length > policy.maximumLength { return [.tooLong(maximum: policy.maximumLength)] }
        return []
    }

    private func wordProblems(_ text: String, personal: [String]) -> [PasswordProblem] {
        let folded = Array(TextFolding.search(text).utf8)
        var problems: [PasswordProblem] = []
        if bannedWords.contains(where: { contains(folded, Array($0.utf8)) }) { problems.append(.bannedWord) }
        // Shorter parts (initials, "Li") would refuse too much by chance.
        let parts = personal.flatMap { TextFolding.search($0).split { !isWordCharacter($0) } }
        if parts.contains(where: { $0.unicodeScalars.count >= 4 && contains(folded, Array($0.utf8)) }) {
            problems.append(.personal)
        }
        return problems
    }

    private func classes(of text: String) -> Int {
        var kinds: Set<Int> = []
        for scalar in TextFolding.nfc(text).unicodeScalars {
            let properties = scalar.properties
            kinds.insert(
                properties.isUppercase ? 0 : properties.isLowercase ? 1 : properties.numericType == .decimal ? 2 : 3)
        }
        return kinds.count
    }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
}

private func isWordCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber
}

/// Whether the bytes of one text stand within another's; both are folded, so this is a matter of bytes.
private func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard !word.isEmpty, word.count <= text.count else { return false }
    return (0...text.count - word.count).contains { text[$0...].starts(with: word) }
}
