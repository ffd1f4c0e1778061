import Model
import Testing

@Suite struct IdentifierTests {
    private static let long = String(repeating: "a", count: 64)

    @Test(arguments: ["a", "A-Z_09", "-", "_", IdentifierTests.long])
    func `ids of the plain alphabet are taken`(text: String) {
        #expect(SessionID(text)?.text == text)
    }

    @Test(arguments: [
        "", " ", "a b", "a/b", "a.b", "a~b", "é", "a\u{301}", "a\u{0}", "a\n", "a\r\n", "%41", "а", "a=", "..",
        IdentifierTests.long + "a",
    ])
    func `anything else is none`(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func `random bytes make hexadecimal digits`() {
        #expect(SessionID(randomBytes: [0, 1, 15, 16, 255]).text == "00010f10ff")
    }

    @Test func `an account is a store and an entry`() throws {
        let account = try #require(AccountID("staff~0b5a-1"))
        #expect(account.store.text == "staff")
        #expect(account.entry == "0b5a-1")
        #expect(account.text == "staff~0b5a-1")
        #expect(AccountID(account.text) == account)
    }

    @Test(arguments: [
        "", "~", "staff", "staff~", "~entry", "a~b~c", "a b~c", "a~b c", "a~b/c", "a~\u{0}", "ａ~b", "a~é",
    ])
    func `what is no account is none`(text: String) {
        #expect(AccountID(text) == nil)
    }
}

/// OP-05
@Suite struct ContainerTests {
    @Test(
        arguments: [
            ([], ["Staff"], true), ([], [], true), (["Staff"], ["Staff"], true),
            (["Staff"], ["staff", "Berlin"], true),
            (["STAFF", "berlin"], ["Staff", "Berlin", "Desk 4"], true), (["Sales"], ["NotSales"], false),
            (["Sales"], ["Not", "Sales"], false), (["Staff", "Berlin"], ["Staff"], false),
            (["Staff", "Berlin"], ["Staff", "Berlin2"], false), (["Staff/Berlin"], ["Staff", "Berlin"], false),
            (["Staff"], [], false), (["Caf\u{e9}"], ["Cafe\u{301}"], false), (["Ä"], ["ä"], true),
            ([""], ["Staff"], false),
        ] as [([String], [String], Bool)])
    func `a container holds what stands below it, component by component`(
        outer: [String], inner: [String], holds: Bool
    ) {
        #expect(Container(components: outer).holds(Container(components: inner)) == holds)
    }

    @Test func `equality and hashing go by what is compared`() {
        let one = Container(components: ["Staff", "Berlin"])
        let other = Container(components: ["STAFF", "berlin"])
        #expect(one == other)
        #expect(Set([one, other]).count == 1)
        #expect(one != Container(components: ["Staff"]))
    }
}

@Suite struct SecretTests {
    private struct Holder {
        let name = "holder"
        let secret: Secret
    }

    @Test func `a secret never prints`() {
        let secret = Secret("canary-value")
        let holder = Holder(secret: secret)
        var dumped = ""
        dump(holder, to: &dumped)
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)", "\([secret])", dumped,
        ] {
            #expect(!text.contains("canary"), "\(text)")
        }
        #expect("\(secret)" == "redacted")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `a secret holds its bytes`() {
        #expect(Secret("päss").copyText() == "päss")
        #expect(Secret([0xFF]).copyText() == nil)
        #expect(Secret("").count == 0)
        #expect(Secret([1, 2, 3]).copyBytes() == [1, 2, 3])
    }
}

/// PR-01
@Suite struct MaskTests {
    @Test(arguments: [
        ("+4917000000067", "+49•••••••••67"), ("+15550100101", "+15•••••••01"), ("+12345", "+12•45"), ("+1234", "•••"),
        ("", "•••"),
    ])
    func `numbers keep their ends`(number: String, masked: String) {
        #expect(MessageChannelKind.sms.masked(number) == masked)
    }

    @Test(arguments: [
        ("anna@example.org", "a•••@example.org"), ("a@example.org", "a•••@example.org"), ("@example.org", "•••"),
        ("anna", "•••"), ("", "•••"), ("a@b@example.org", "a•••@example.org"), ("é@example.org", "é•••@example.org"),
    ])
    func `addresses keep their first letter and their domain`(address: String, masked: String) {
        #expect(MessageChannelKind.email.masked(address) == masked)
    }
}

@Suite struct SecurityLimitsTests {
    @Test func `every default is legal, and a value outside the range changes nothing`() {
        #expect(Set(SecurityLimits.all.map(\.name)).count == SecurityLimits.all.count)
        for limit in SecurityLimits.all {
            #expect(limit.range.contains(limit.standard), "\(limit.name)")
            var limits = SecurityLimits()
            let tooMuch = limits.set(limit, to: limit.range.upperBound + 1)
            let tooLittle = limits.set(limit, to: limit.range.lowerBound - 1)
            #expect(!tooMuch && !tooLittle)
            #expect(limits[limit] == limit.standard)
            let least = limits.set(limit, to: limit.range.lowerBound)
            #expect(least)
            #expect(limits[limit] == limit.range.lowerBound)
        }
    }

    /// The numbers of security.md that a norm bounds.
    @Test func `no configuration can leave the norms`() {
        #expect(SecurityLimits.codeDigits.range.lowerBound >= 6)
        #expect(SecurityLimits.smsCodeSeconds.range.upperBound <= 600)
        #expect(SecurityLimits.mailCodeSeconds.range.upperBound <= 600)
        #expect(SecurityLimits.failuresPerFactor.range.upperBound <= 100)
        #expect(SecurityLimits.failuresPerDay.range.upperBound <= 100)
        #expect(SecurityLimits.argon2MemoryKiB.range.lowerBound >= 19_456)
        #expect(SecurityLimits.argon2Passes.range.lowerBound >= 2)
    }
}
