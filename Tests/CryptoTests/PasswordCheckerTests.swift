import Model
import TestSupport
import Testing

@testable import Passwords

@Suite struct PasswordCheckerTests {
    private func problems(
        _ password: String, _ policy: PasswordPolicy = PasswordPolicy(), personal: [String] = []
    ) async throws -> [PasswordProblem] {
        try await PasswordChecker(policy).check(Secret(password), personal: personal)
    }

    /// PW-01
    @Test(arguments: [
        "password1234", "Summer2026!!", "welcome--1234", "iloveyou1234", "Qwertyuiop12", "1q2w3e4r5t6y",
        "!!drowssap!!!",
        "c0rr3sp0nd3nc3", "Pässwörd1234", "Password12345", "P@ssw0rd1234", "drowssap12345", "administrator1",
        "international",
        "correspondence", "extraordinary1",
    ])
    func `a word of the dictionary is refused`(password: String) async throws {
        #expect(try await problems(password) == [.dictionary])
    }

    /// PW-01
    @Test(arguments: ["aaaaaaaaaaaaaa", "abcabcabcabcabc", "abcdefgfedcba", "racecarracecar"])
    func `a pattern is refused`(password: String) async throws {
        #expect(try await !problems(password).isEmpty)
    }

    /// PW-01
    @Test(arguments: [
        "kq7vTz2mWx4b", "correct horse battery staple", "otter-4829-1739-tz", "ünïcödé-wörds-ärë-fine",
        "пароль-из-трёх-слов",
    ])
    func `a good password is accepted`(password: String) async throws {
        #expect(try await problems(password, personal: ["anna", "Anna Example"]) == [])
    }

    /// PW-02: 12 scalars after NFC, whatever their bytes; a decomposed letter counts once.
    @Test func `length counts scalars after NFC`() async throws {
        let policy = PasswordPolicy(checkQuality: false)
        let eleven = String(repeating: "e\u{301}", count: 11)
        #expect(try await problems(eleven, policy) == [.tooShort(minimum: 12)])
        #expect(try await problems(eleven + "x", policy) == [])
        #expect(try await problems("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑", policy) == [.tooShort(minimum: 12)])
        #expect(try await problems("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑", policy) == [])
        // A family of three is one Character but five scalars.
        #expect(try await problems("👩\u{200D}👩\u{200D}👧👩\u{200D}👩\u{200D}👧x\u{1F511}", policy) == [])
    }

    /// PW-02
    @Test func `64 characters and more are allowed, whatever the configuration says`() async throws {
        let policy = PasswordPolicy(maximumLength: 20)
        #expect(policy.maximumLength == 64)
        let sentence = "seven purple otters juggle 29 marbles near Oslo, then vanish; ok"
        #expect(sentence.unicodeScalars.count == 64)
        #expect(try await problems(sentence, policy) == [])
        #expect(try await problems(sentence + "!", policy) == [.tooLong(maximum: 64)])
        #expect(try await problems(sentence + "; " + sentence.dropLast(2).uppercased()) == [])
    }

    @Test func `a very long password does no harm`() async throws {
        let long = String(repeating: "x9🔑", count: 100_000)
        #expect(try await problems(long) == [.tooLong(maximum: 128)])
        let longest = PasswordPolicy(maximumLength: 100_000)
        #expect(longest.maximumLength == 1_024)
        _ = try await problems(String(repeating: "k🔑", count: 512), longest)
    }

    /// PW-01
    @Test(arguments: [
        "xxLatchkeyxx7q", "q7LATCHKEYxz-2", "q7-Låtchkëy-zz2", "q7\u{FF2C}atchkey-zz2", "lat\u{200B}chkey-zz29",
    ])
    func `a banned word is found whatever its case, accents and width`(password: String) async throws {
        let policy = PasswordPolicy(bannedWords: ["Latchkey", ""], checkQuality: false)
        #expect(try await problems(password, policy) == [.bannedWord])
        #expect(try await problems("q7-lockpick-zz2", policy) == [])
    }

    /// PW-01
    @Test(arguments: ["xx-Weatherby-92", "q7.wEaThErBy.zz", "aweatherby1x9k"])
    func `the login and the name are found`(password: String) async throws {
        let policy = PasswordPolicy(checkQuality: false)
        let personal = ["a.weatherby@example.org", "Ann Weatherby"]
        #expect(try await problems(password, policy, personal: personal) == [.personal])
        #expect(try await problems("q7-annual-zz-92x", policy, personal: personal) == [])
    }

    @Test func `the quality checker knows the login too`() async throws {
        let policy = PasswordPolicy(bannedWords: [])
        #expect(try await problems("ybrehtaew-x7q2", policy, personal: ["weatherby"]).contains(.personal))
    }

    @Test func `kinds of characters are counted`() async throws {
        let policy = PasswordPolicy(minimumClasses: 3, checkQuality: false)
        #expect(try await problems("onlylowercaseletters", policy) == [.tooFewClasses(minimum: 3)])
        #expect(try await problems("Lower and upper", policy) == [])
        #expect(try await problems("ÄÖÜäöü٣٤٥٦٧٨", policy) == [])
    }

    @Test(arguments: [
        [UInt8(0xFF)], Array("nul\0byte-in-here".utf8), Array("line\nbreak-in-here".utf8),
        Array("bell\u{7}-in-here-x".utf8), Array("next\u{85}line-here".utf8),
    ])
    func `bytes that are no text are refused`(bytes: [UInt8]) async throws {
        let checker = try PasswordChecker(PasswordPolicy())
        #expect(await checker.check(Secret(bytes), personal: []) == [.notText])
    }

    @Test func `many tasks check at once`() async throws {
        let checkers = try (0..<4).map { _ in try PasswordChecker(PasswordPolicy()) }
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let password = number % 2 == 0 ? "international" : "kq7vTz2mWx4b"
                    return await !checkers[number % 4].check(Secret(password), personal: ["anna"]).isEmpty
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused == 200)
    }

    @Test func `a missing dictionary is noticed at the start`() {
        #expect(throws: PasswordError.noDictionary) { try QualityChecker(dictionary: "/nonexistent/cracklib_dict") }
    }

    @Test func `every problem has a code of its own and a sentence`() {
        let all: [PasswordProblem] = [
            .tooShort(minimum: 12), .tooLong(maximum: 128), .notText, .tooFewClasses(minimum: 3), .bannedWord,
            .personal,
            .dictionary, .weak, .notChecked,
        ]
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(all.allSatisfy { $0.sentence.hasSuffix(".") })
    }
}
