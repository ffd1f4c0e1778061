import Model
import Passwords
import TestSupport
import Testing

@Suite struct PasswordGeneratorTests {
    private let generator = PasswordGenerator(random: SeededRandom(seed: 7))

    @Test func `the alphabet has nothing that looks or sounds like something else`() {
        let alphabet = PasswordGenerator.alphabet
        #expect(Set(alphabet).count == alphabet.count)
        #expect(alphabet.count == 64)
        for character in "0Oo1lI|!'\"`,;. \\" { #expect(!alphabet.contains(character)) }
        #expect(alphabet.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }

    @Test func `a password has its length and every kind of character`() throws {
        for _ in 0..<500 {
            let text = try #require(generator.generate().copyText())
            #expect(text.utf8.count == SecurityLimits.generatedPasswordLength)
            #expect(text.contains(where: \.isUppercase) && text.contains(where: \.isLowercase))
            #expect(text.contains(where: \.isNumber) && text.contains { !$0.isLetter && !$0.isNumber })
            #expect(zip(text, text.dropFirst()).allSatisfy { $0 != $1 })
        }
        #expect(generator.generate(length: 40).count == 40)
        #expect(generator.generate(length: 1).count == 12)
    }

    /// 64 characters, 64,000 draws: 1,000 each, standard deviation 31. The classes lean a little toward signs and
    /// digits, because passwords without them are thrown away; a generator that forgot a character or doubled one
    /// would be far outside.
    @Test func `each character is as likely as the others of its kind`() {
        var counts: [UInt8: Int] = [:]
        for _ in 0..<4_000 {
            for byte in generator.generate().copyBytes() { counts[byte, default: 0] += 1 }
        }
        #expect(counts.count == 64)
        #expect(counts.values.allSatisfy { (800...1_350).contains($0) }, "\(counts)")
    }

    /// PW-01
    @Test func `a generated password always passes the checker`() async throws {
        let checker = try PasswordChecker(PasswordPolicy(minimumLength: 20, minimumClasses: 4, bannedWords: ["a2"]))
        for _ in 0..<200 {
            let password = try #require(await generator.generate(passing: checker, personal: ["anna", "Anna Example"]))
            #expect(password.count == 20)
            #expect(await checker.check(password, personal: ["anna", "Anna Example"]) == [])
        }
    }

    @Test func `a policy nothing can meet ends without a password`() async throws {
        let checker = try PasswordChecker(PasswordPolicy(bannedWords: PasswordGenerator.alphabet.map(String.init)))
        #expect(await generator.generate(passing: checker, personal: []) == nil)
    }
}
