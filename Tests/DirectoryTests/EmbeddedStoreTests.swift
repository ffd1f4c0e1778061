import Crypto
import Directory
import Model
import SQL
import TestSupport
import Testing

/// What the embedded store promises beyond the conformance suite: exact counts, equal work, two processes on one file.
@Suite struct EmbeddedStoreTests {
    /// CR-01
    @Test func `parallel wrong passwords count exactly`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 100)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let reasons = try await signIns(50, "ines", "wrong", [directory.embedded])
        #expect(reasons == Array(repeating: .wrongPassword, count: 50))
        #expect(try await failures(of: id, directory) == 50)
    }

    /// CR-01
    @Test func `parallel wrong passwords through two handles of one file count exactly`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 100)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let other = try await directory.another()
        defer { other.close() }
        _ = try await signIns(50, "ines", "wrong", [directory.embedded, other])
        #expect(try await failures(of: id, directory) == 50)
    }

    @Test func `of parallel wrong passwords exactly as many are judged as the lock allows`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 5)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let reasons = try await signIns(50, "ines", "wrong", [directory.embedded])
        #expect(reasons.count { $0 == .wrongPassword } == 5)
        #expect(reasons.count { $0 == .locked } == 45)
        #expect(try await failures(of: id, directory) == 5)
        #expect(try await directory.refusal("ines") == .locked)
    }

    /// RL-03
    @Test func `every refusal costs one hash and one written row, also where there is no account`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 100)
        defer { directory.end() }
        let states: [String: [TestPerson.State]] = [
            "wrong": [], "locked": [.locked], "disabled": [.disabled], "gone": [.accountExpired], "old": [.expired],
        ]
        for (login, states) in states { _ = try await directory.add(TestPerson(login, states: states)) }
        var unset = TestPerson("unset")
        unset.password = ""
        _ = try await directory.add(unset)
        for login in ["wrong", "locked", "disabled", "gone", "old", "unset", "nobody", "no\u{0}body", ""] {
            let hashes = directory.hasher.hashesComputed
            let rows = try await directory.writtenRows()
            let password = login == "old" ? TestPerson.rightPassword : "wrong"
            #expect(try await directory.refusal(login, password) != nil)
            #expect(directory.hasher.hashesComputed == hashes + 1, "\(login)")
            #expect(try await directory.writtenRows() == rows + 1, "\(login)")
        }
    }

    /// The old hash is one that takes long to compare, so that the new one is there before the comparison ends.
    @Test func `an old password that was being compared while it was replaced is refused`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let slow = try await PasswordHasher(memoryKiB: 65_536, passes: 3, threads: 1)
            .hash(Secret(TestPerson.rightPassword))
        let new = try await testHasher().hash(Secret(TestPerson.otherPassword))
        let replace = "UPDATE accounts SET password = $2 WHERE entry = $1"
        try await directory.change(replace, [.text(id.entry), .text(slow)])
        let before = directory.hasher.hashesComputed
        let signIn = Task { try await directory.refusal("ines") }
        try await waitUntil("the comparison has begun") { directory.hasher.hashesComputed == before + 1 }
        try await directory.change(replace, [.text(id.entry), .text(new)])
        #expect(try await signIn.value == .wrongPassword)
        #expect(directory.hasher.hashesComputed == before + 2)
    }

    @Test func `a lock lapses and the count starts anew`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 3, lockSeconds: 900)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        #expect(try await directory.read(id).lockedUntil == directory.clock.now() + .seconds(900))
        directory.clock.advance(by: .seconds(899))
        #expect(try await directory.refusal("ines") == .locked)
        directory.clock.advance(by: .seconds(1))
        #expect(try await directory.read(id).isLocked == false)
        #expect(try await directory.refusal("ines", "wrong") == .wrongPassword)
        #expect(try await failures(of: id, directory) == 1)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `a lock without a time stays until somebody unlocks`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 3, lockSeconds: 0)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        directory.clock.advance(by: .seconds(10 * 366 * 86_400))
        let account = try await directory.read(id)
        #expect(account.isLocked && account.lockedUntil == nil)
    }

    @Test func `a store that does not lock counts on`() async throws {
        let directory = try await EmbeddedTestDirectory(lockAfterFailures: 0)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        _ = try await signIns(20, "ines", "wrong", [directory.embedded])
        #expect(try await failures(of: id, directory) == 20)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `a password expires at its time and a reset starts its life anew`() async throws {
        let directory = try await EmbeddedTestDirectory(maximumPasswordAgeDays: 90)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let ninetyDays = Duration.seconds(90 * 86_400)
        #expect(try await directory.read(id).passwordExpires == .at(directory.clock.now() + ninetyDays))
        directory.clock.advance(by: ninetyDays)
        #expect(try await directory.refusal("ines") == .passwordExpired)
        try await directory.reset(id)
        let account = try await directory.read(id)
        #expect(account.passwordExpires == .at(directory.clock.now() + ninetyDays))
        #expect(account.lastPasswordSet == .at(directory.clock.now()))
    }

    @Test func `without a maximum age a password never expires`() async throws {
        let directory = try await EmbeddedTestDirectory(maximumPasswordAgeDays: 0)
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        #expect(try await directory.read(id).passwordExpires == .never)
        try await directory.reset(id)
        #expect(try await directory.read(id).passwordExpires == .never)
    }

    @Test func `an account without a password is set never and lets nobody in`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.password = ""
        let id = try await directory.add(person)
        #expect(try await directory.read(id).lastPasswordSet == .never)
        #expect(try await directory.refusal("ines", "") == .wrongPassword)
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    @Test func `a password is the same from a keyboard that decomposes its letters`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.reset(id, to: "Qua\u{308}lende-Basalt-0815!")
        #expect(try await directory.refusal("ines", "Qu\u{E4}lende-Basalt-0815!") == nil)
    }

    @Test func `what one handle writes the other reads`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let other = try await directory.another()
        defer { other.close() }
        let id = try await directory.add(TestPerson("ines"))
        let version = try await other.resetPassword(
            of: id, to: Secret(TestPerson.otherPassword), mustChange: false, operation: operationID("op"))
        #expect(try await directory.read(id).credentialVersion == version)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    /// CR-03, CR-04
    @Test func `one operation from two handles at once writes once`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let other = try await directory.another()
        defer { other.close() }
        let id = try await directory.add(TestPerson("ines"))
        let stores = [directory.embedded, other]
        let versions = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<20 {
                group.addTask {
                    try await stores[index % 2].resetPassword(
                        of: id, to: Secret("Test-only-gneiss-\(index)-17!"), mustChange: false,
                        operation: operationID("op"))
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(versions == ["v2:op"])
        #expect(try await directory.read(id).credentialVersion == "v2:op")
    }

    /// CR-04
    @Test(arguments: 0..<12) func `an end in the middle of a reset is settled by reading`(round: Int) async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        let dying = try await directory.another()
        let reset = Task {
            try await dying.resetPassword(
                of: id, to: Secret(TestPerson.otherPassword), mustChange: false, operation: operationID("op"))
        }
        for _ in 0..<round * 20 { await Task.yield() }
        dying.close()
        _ = await reset.result
        let settlement = try await directory.store.settlement(
            of: operationID("op"), account: id, since: since, setting: settled)
        let refusal = try await directory.refusal("ines", TestPerson.otherPassword)
        #expect(settlement == (refusal == nil ? .applied : .notApplied))
    }

    /// CR-04
    @Test func `settling counts the writes of others and doubts what it cannot account for`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        let settle = {
            try await directory.store.settlement(of: operationID("op"), account: id, since: since, setting: settled)
        }
        try await directory.reset(id, "op-other")
        #expect(try await settle() == .notApplied)
        try await directory.importPeople(
            csv([["login", "password"], ["ines", TestPerson.rightPassword]]), updatingPasswords: true)
        #expect(try await settle() == .unknown)
        let garbled = try await directory.store.settlement(
            of: operationID("op"), account: id, since: "garbled", setting: settled)
        #expect(garbled == .unknown)
    }

    @Test func `old operations are forgotten and then not denied`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        try await directory.reset(id, "op-old")
        directory.clock.advance(by: .seconds(91 * 86_400))
        try await directory.reset(id, to: TestPerson.rightPassword, "op-new")
        #expect(try await directory.number("SELECT count(*) FROM operations") == 1)
        let settlement = try await directory.store.settlement(
            of: operationID("op-old"), account: id, since: since, setting: settled)
        #expect(settlement == .unknown)
    }

    @Test func `a hash of older parameters is replaced at the next right password`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let old = try await costlyHasher.hash(Secret(TestPerson.rightPassword))
        try await directory.change(
            "UPDATE accounts SET password = $2 WHERE entry = $1", [.text(id.entry), .text(old)])
        _ = try await directory.refusal("ines", "wrong")
        let kept = "SELECT count(*) FROM accounts WHERE password = $1"
        #expect(try await directory.number(kept, [.text(old)]) == 1)
        #expect(try await directory.refusal("ines") == nil)
        #expect(try await directory.number(kept, [.text(old)]) == 0)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `a file that is not there is not made by a service`() async throws {
        let folder = TemporaryFolder()
        let error = await #expect(throws: StoreError.self) {
            try await EmbeddedTestDirectory.open(folder.file("none.db"), EmbeddedStorePolicy(), creating: false)
        }
        guard case .unavailable(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("none.db"))
    }

    @Test func `a closed store says that it is unavailable`() async throws {
        let directory = try await EmbeddedTestDirectory()
        let id = try await directory.add(TestPerson("ines"))
        directory.end()
        let error = await #expect(throws: StoreError.self) { try await directory.store.account(id) }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func failures(of id: AccountID, _ directory: EmbeddedTestDirectory) async throws -> Int64 {
        try await directory.number("SELECT failures FROM accounts WHERE entry = $1", [.text(id.entry)])
    }

    private func signIns(
        _ count: Int, _ login: String, _ password: String, _ stores: [EmbeddedStore]
    ) async throws -> [SignInRejection.Reason?] {
        try await withThrowingTaskGroup(of: SignInRejection.Reason?.self) { group in
            for index in 0..<count {
                group.addTask {
                    try await stores[index % stores.count].signIn(login: login, password: Secret(password))
                        .rejectedBecause?.reason
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
