import Directory
import Model
import Testing

/// What every identity store has to do when it resets and unlocks, whatever stands behind it. What a store cannot do it
/// has to say and to refuse.
@Suite struct IdentityStoreConformanceWritingTests {
    @Test(arguments: TestDirectoryKind.allCases)
    func `a reset replaces the password`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id)
        #expect(try await directory.refusal("ines") == .wrongPassword)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases, [true, false])
    func `a reset decides whether the owner must change the password`(
        kind: TestDirectoryKind, mustChange: Bool
    ) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: mustChange ? [] : [.mustChange]))
        try await directory.reset(id, mustChange: mustChange)
        #expect(try await directory.read(id).mustChange == mustChange)
    }

    /// R13
    @Test(arguments: TestDirectoryKind.allCases)
    func `a reset clears the lock and the failures`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        try await directory.reset(id)
        if case .unsupported(let reason) = directory.store.capabilities.resetUnlocks {
            #expect(reason.contains(" "))
            #expect(try await directory.refusal("ines", TestPerson.otherPassword) == .locked)
            return
        }
        #expect(try await directory.read(id).isLocked == false)
        try await directory.enterWrong("ines", directory.lockAfterFailures - 1)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a reset ends the expiry of the old password`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.expired]))
        #expect(try await directory.refusal("ines") == .passwordExpired)
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a reset does not enable a disabled account`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.disabled]))
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == .disabled)
    }

    /// PW-01
    @Test(arguments: TestDirectoryKind.allCases)
    func `a password against the policy is refused in words and nothing changes`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let before = try await directory.read(id)
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id, to: "Qx7!") }
        guard case .refused(let code, let message) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(!code.isEmpty && message.contains(" ") && !message.contains("Qx7!"))
        #expect(try await directory.read(id) == before)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an unlock lets the owner in with the old password`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let operation = operationID("op-unlock")
        if try await directory.refusesToUnlock(id) {
            #expect(try await directory.refusal("ines") == .locked)
            return
        }
        _ = try await directory.store.unlock(id, operation: operation)
        #expect(try await directory.read(id).isLocked == false)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an unlock of an account that is not locked is no error`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines", states: [.mustChange]))
        if try await directory.refusesToUnlock(id) { return }
        _ = try await directory.store.unlock(id, operation: operationID("op-unlock"))
        let account = try await directory.read(id)
        #expect(!account.isLocked && account.mustChange)
    }

    /// CR-04
    @Test(arguments: TestDirectoryKind.allCases)
    func `the credential version changes with every write and with nothing else`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let first = try await directory.read(id).credentialVersion
        _ = try await directory.refusal("ines")
        #expect(try await directory.read(id).credentialVersion == first)
        let second = try await directory.reset(id)
        #expect(try await directory.read(id).credentialVersion == second)
        let third = try await directory.reset(id, to: TestPerson.thirdPassword, "op-again")
        #expect(Set([first, second, third]).count == 3)
    }

    /// CR-04
    @Test(arguments: TestDirectoryKind.allCases)
    func `the same operation applied twice writes once where the directory remembers operations`(
        kind: TestDirectoryKind
    ) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let version = try await directory.reset(id)
        guard directory.remembersOperations else {
            // Whoever calls must not do it again, and can see that it was done.
            #expect(try await directory.reset(id, to: TestPerson.thirdPassword) != version)
            #expect(try await directory.refusal("ines", TestPerson.thirdPassword) == nil)
            return
        }
        #expect(try await directory.reset(id, to: TestPerson.rightPassword) == version)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
        #expect(try await directory.read(id).credentialVersion == version)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `one operation over two accounts writes both`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let ids = [
            try await directory.add(TestPerson("ines")), try await directory.add(TestPerson("joao")),
        ]
        for id in ids { try await directory.reset(id) }
        for login in ["ines", "joao"] {
            #expect(try await directory.refusal(login, TestPerson.otherPassword) == nil)
        }
    }

    /// CR-04
    @Test(arguments: TestDirectoryKind.allCases)
    func `reading settles whether an interrupted reset happened`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        let operation = operationID("op-reset")
        #expect(
            try await directory.store.settlement(of: operation, account: id, since: since, setting: settled)
                == .notApplied)
        try await directory.reset(id)
        #expect(
            try await directory.store.settlement(of: operation, account: id, since: since, setting: settled) == .applied
        )
    }

    /// CR-04
    @Test(arguments: TestDirectoryKind.allCases)
    func `a write by somebody else is never taken for ours`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        try await directory.reset(id, to: TestPerson.thirdPassword, "op-somebody-else")
        let settlement = try await directory.store.settlement(
            of: operationID("op-reset"), account: id, since: since, setting: settled)
        #expect(settlement != .applied)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a deleted entry is gone for every call`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        try await directory.remove(id)
        #expect(try await directory.store.account(id) == nil)
        #expect(try await directory.store.account(login: "ines") == nil)
        #expect(try await directory.store.accounts([id]).isEmpty)
        #expect(try await directory.refusal("ines") == .unknownAccount)
        await #expect(throws: StoreError.notFound) { try await directory.reset(id) }
        if try await !directory.refusesToUnlock(id) {
            await #expect(throws: StoreError.notFound) {
                try await directory.store.unlock(id, operation: operationID("op-unlock"))
            }
        }
        let settlement = try await directory.store.settlement(
            of: operationID("op-reset"), account: id, since: since, setting: settled)
        #expect(settlement == .unknown)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an entry made again under the same login is another account`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let old = try await directory.add(TestPerson("ines"))
        try await directory.remove(old)
        let new = try await directory.add(TestPerson("ines"))
        #expect(new != old)
        await #expect(throws: StoreError.notFound) { try await directory.reset(old) }
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account of another store is not found`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let elsewhere = try #require(StoreID("elsewhere").flatMap { AccountID(store: $0, entry: id.entry) })
        #expect(try await directory.store.account(elsewhere) == nil)
        await #expect(throws: StoreError.notFound) { try await directory.reset(elsewhere) }
        #expect(try await directory.refusal("ines") == nil)
    }
}
