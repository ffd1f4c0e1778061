import Directory
import Model
import StrictJSON
import TestSupport
import Testing

/// Signing in with Microsoft Entra ID: by the password grant, where that is switched on.
@Suite struct EntraIDSignInTests {
    @Test func `where the password grant is off nobody is asked anything`() async throws {
        let directory = try await GraphTestDirectory("")
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        guard case .unsupported(let reason) = directory.store.capabilities.signIn else {
            Issue.record("sign-in is declared")
            return
        }
        #expect(reason.contains("password grant"))
        await #expect(throws: StoreError.unsupported(reason)) { try await directory.refusal("ines") }
        #expect(try await directory.requests().isEmpty)
    }

    /// The tenant wants more than a password. Letting the person in with less would be weaker than the tenant's rules.
    @Test func `a right password without the second factor the tenant wants is refused`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"), ["secondFactor"])
        let outcome = try await directory.store.signIn(login: "ines", password: Secret(TestPerson.rightPassword))
        #expect(outcome == .rejected(SignInRejection(.refusedByDirectory, account: id)))
        #expect(try await directory.refusal("ines", "wrong") == .wrongPassword)
    }

    /// RL-03
    @Test func `whoever is refused, the same is asked`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        for (login, states) in [
            ("fine", []), ("off", ["disabled"]), ("shut", ["locked"]), ("old", ["expired"]), ("mfa", ["secondFactor"]),
        ] {
            _ = try await directory.add(TestPerson(login), states)
        }
        _ = try await directory.refusal("fine")
        var asked: Set<[String]> = []
        for (login, password) in [
            ("fine", "wrong"), ("nobody", "wrong"), ("off", TestPerson.rightPassword), ("shut", "wrong"),
            ("old", TestPerson.rightPassword), ("mfa", TestPerson.rightPassword), ("mfa", "wrong"),
        ] {
            let before = try await directory.requests().count
            #expect(try await directory.refusal(login, password) != nil)
            asked.insert(
                try await directory.requests()[before...].map { line in
                    String(line.prefix { $0 != "?" })
                })
        }
        #expect(asked.count == 1, "\(asked)")
    }

    @Test(arguments: [65_001, 7_000_218, 700_016]) func `a fault of the application is no verdict on a person`(
        code: Int
    )
        async throws
    {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        _ = try await directory.refusal("ines")
        try await directory.fault(.object(["match": "oauth2", "tokenError": .integer(Int64(code)), "times": 2]))
        await #expect(throws: StoreError.self) { try await directory.refusal("ines") }
    }

    @Test func `a reason nobody knows lets nobody in`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        _ = try await directory.refusal("ines")
        try await directory.fault(.object(["match": "oauth2", "tokenError": 9_999_999]))
        #expect(try await directory.refusal("ines") == .refusedByDirectory)
    }

    @Test func `a password with every awkward character arrives as it is`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.password = "A1 +&=%25#?\"'\\/ü山\u{301};"
        _ = try await directory.add(person)
        #expect(try await directory.refusal("ines", person.password) == nil)
    }
}
