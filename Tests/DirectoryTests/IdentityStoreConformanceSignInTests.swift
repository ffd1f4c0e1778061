import Directory
import Model
import Testing

/// What every identity store has to do at sign-in, whatever stands behind it.
@Suite struct IdentityStoreConformanceSignInTests {
    @Test(arguments: TestDirectoryKind.allCases)
    func `a right password is accepted, with the account`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", "Inês Conceição"))
        let outcome = try await directory.store.signIn(login: "ines", password: Secret(TestPerson.rightPassword))
        guard case .accepted(let account) = outcome else {
            Issue.record("refused: \(outcome)")
            return
        }
        #expect(account.id == id)
        #expect(account.displayName == "Inês Conceição")
        #expect(account == (try await directory.read(id)))
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a login is compared without regard to case`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("Ines.C"))
        #expect(try await directory.refusal("iNES.c") == nil)
    }

    /// RL-03
    @Test(arguments: TestDirectoryKind.allCases)
    func `every failure is one answer with the reason kept for the audit`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let expected: [(String, [TestPerson.State], SignInRejection.Reason)] = [
            ("off", [.disabled], .disabled), ("gone", [.accountExpired], .accountExpired),
            ("shut", [.locked], .locked), ("old", [.expired], .passwordExpired),
        ]
        for (login, states, reason) in expected {
            if let lacking = states.compactMap({ directory.lacking[$0] }).first {
                #expect(lacking.contains(" "))
                continue
            }
            let id = try await directory.add(TestPerson(login, states: states))
            let outcome = try await directory.store.signIn(
                login: login, password: Secret(TestPerson.rightPassword))
            #expect(outcome.rejectedBecause?.reason == reason)
            #expect([id, nil].contains(outcome.rejectedBecause?.account))
        }
        _ = try await directory.add(TestPerson("fine"))
        #expect(try await directory.refusal("fine", "wrong") == .wrongPassword)
        #expect(try await directory.refusal("nobody") == .unknownAccount)
    }

    /// Some directories take an empty password for an anonymous bind, which succeeds (RFC 4513 §5.1.2).
    @Test(arguments: TestDirectoryKind.allCases)
    func `an empty password is refused`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        #expect(try await directory.refusal("ines", "") == .wrongPassword)
    }

    /// IN-02
    @Test(arguments: TestDirectoryKind.allCases)
    func `a login that means something to a directory's query language finds nobody`(kind: TestDirectoryKind)
        async throws
    {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        let logins = [
            "*", "i*", "ines)(objectClass=*", "ines\u{0}", "ines' OR '1'='1", "", " ines", "ınes", "i\u{301}nes",
        ]
        for login in logins {
            #expect(try await directory.refusal(login) == .unknownAccount, "\(login)")
        }
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `somebody who must change the password is let in and marked`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines", states: [.mustChange]))
        let outcome = try await directory.store.signIn(login: "ines", password: Secret(TestPerson.rightPassword))
        guard case .accepted(let account) = outcome else {
            Issue.record("refused: \(outcome)")
            return
        }
        #expect(account.mustChange)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `wrong passwords in a row lock the account and the right one is then refused`(kind: TestDirectoryKind)
        async throws
    {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.enterWrong("ines", directory.lockAfterFailures - 1)
        #expect(try await directory.read(id).isLocked == false)
        #expect(try await directory.refusal("ines", "wrong") == .wrongPassword)
        #expect(try await directory.read(id).isLocked == directory.store.capabilities.lockState.isSupported)
        #expect(try await directory.refusal("ines") == .locked)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a right password starts the count of wrong ones anew`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        for _ in 0..<2 {
            try await directory.enterWrong("ines", directory.lockAfterFailures - 1)
            #expect(try await directory.refusal("ines") == nil)
        }
        #expect(try await directory.read(id).isLocked == false)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `wrong passwords of one account do not count on another`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        _ = try await directory.add(TestPerson("joao"))
        try await directory.lock("ines")
        #expect(try await directory.refusal("joao") == nil)
    }
}
