import Directory
import Model
import Platform
import TestSupport
import Testing

/// What every identity store has to tell an index (`synchronize`), whatever stands behind it. A run that begins where the
/// last one ended is asked until the change is told: some directories need a moment.
@Suite struct IdentityStoreConformanceSyncTests {
    @Test(arguments: TestDirectoryKind.allCases)
    func `the first run tells of everybody, with everything a list shows`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var person = TestPerson("lukasz", "Łukasz Żółty")
        (person.firstName, person.lastName) = ("Łukasz", "Żółty")
        (person.mail, person.mobile) = ("lukasz@example.org", "+15550100042")
        let ids = [try await directory.add(person), try await directory.add(TestPerson("ines"))]
        var index = ToldIndex()
        try await index.follow(directory.store)
        for id in ids { #expect(index.accounts[id]?.listed == (try await directory.read(id)).listed) }
        #expect(index.accounts.keys.allSatisfy { $0.store == directory.store.id })
        #expect(index.lastRunWasFull)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a run with nothing new tells of nobody and takes nobody away`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await index.follow(directory.store)
        try await index.follow(directory.store)
        #expect(index.accounts[id] != nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account that is added is told`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        let id = try await directory.add(TestPerson("joao", "João"))
        try await index.follow(directory.store) { $0.accounts[id]?.displayName == "João" }
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account that is deleted is told`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let other = try await directory.add(TestPerson("joao"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await directory.remove(id)
        try await index.follow(directory.store) { $0.accounts[id] == nil }
        #expect(index.accounts[other] != nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account that is deleted and made anew is another one`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let first = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await directory.remove(first)
        let second = try await directory.add(TestPerson("ines"))
        try await index.follow(directory.store) { $0.accounts[first] == nil && $0.accounts[second] != nil }
    }

    /// S4
    @Test(arguments: TestDirectoryKind.allCases)
    func `a reset and its flags are told`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        guard directory.store.capabilities.mustChange.isSupported else { return }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await directory.reset(id, mustChange: true)
        try await index.follow(directory.store) { $0.accounts[id]?.mustChange == true }
    }

    /// S4
    @Test(arguments: TestDirectoryKind.allCases)
    func `a lock by wrong passwords and its end are told`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        try await directory.lock("ines")
        if case .unsupported(let reason) = directory.store.capabilities.lockState {
            try await index.follow(directory.store)
            #expect(index.accounts[id]?.isLocked == false && reason.contains(" "))
            return
        }
        try await index.follow(directory.store) { $0.accounts[id]?.isLocked == true }
        _ = try await directory.store.unlock(id, operation: operationID("op-unlock"))
        try await index.follow(directory.store) { $0.accounts[id]?.isLocked == false }
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account that is renamed and moved keeps its id`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var person = TestPerson("ines", "Ines Alt")
        person.container = "Staff/Berlin"
        let id = try await directory.add(person)
        var index = ToldIndex()
        try await index.follow(directory.store)
        person.displayName = "Ines Neu"
        person.container = "Staff/Paris"
        try await directory.change(id, to: person)
        let paris =
            directory.store.capabilities.containers.isSupported
            ? directory.store.container(parsing: directory.container("Staff/Paris")) : Container(components: [])
        try await index.follow(directory.store) { index in
            index.accounts[id]?.displayName == "Ines Neu" && index.accounts[id]?.container == paris
        }
    }

    /// The index stores what came before a cookie together with it; whatever came after it is told again.
    @Test(arguments: TestDirectoryKind.allCases)
    func `a run that was cut off goes on from its last cookie`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var ids: Set<AccountID> = []
        for number in 0..<5 { ids.insert(try await directory.add(TestPerson("p\(number)"))) }
        for end in 1...8 {
            var index = ToldIndex()
            try await index.follow(directory.store, events: end)
            try await index.follow(directory.store)
            #expect(ids.isSubset(of: index.accounts.keys), "cut off after \(end) events")
        }
    }

    @Test(arguments: TestDirectoryKind.allCases, [[], [0], Array("0 17 on".utf8), Array(repeating: 0xFF, count: 40)])
    func `a cookie the store does not know brings everything`(kind: TestDirectoryKind, bytes: [UInt8]) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let ghost = try #require(AccountID(store: directory.store.id, entry: "ghost"))
        var index = ToldIndex()
        index.cookie = SyncCookie(bytes)
        index.accounts[ghost] = try await directory.read(id)
        try await index.follow(directory.store)
        #expect(index.accounts[id] != nil && index.accounts[ghost] == nil && index.lastRunWasFull)
    }
}

/// An index as small as can be: it keeps what it was told.
struct ToldIndex: Sendable {
    var accounts: [AccountID: DirectoryAccount] = [:]
    var cookie: SyncCookie?
    private(set) var lastRunWasFull = false
    /// Who was told of in the run under way, with what was cut off of it.
    private var mentioned: Set<AccountID> = []

    private struct CutOff: Error {}

    /// One run; cut off after so many events. What came after the last cookie is then lost.
    mutating func follow(_ store: any IdentityStore, events limit: Int = .max) async throws {
        let told = Lock<[SyncEvent]>([])
        do {
            try await store.synchronize(after: cookie) { event in
                let isFull = told.withLock { told in
                    if told.count < limit { told.append(event) }
                    return told.count >= limit
                }
                if isFull, limit < .max { throw CutOff() }
            }
        } catch is CutOff {}
        apply(told.withLock { $0 })
    }

    /// Runs until the index looks right.
    mutating func follow(_ store: any IdentityStore, until isRight: (ToldIndex) -> Bool) async throws {
        let end = MonotonicTime.nanoseconds() + 30_000_000_000
        try await follow(store)
        while !isRight(self) {
            guard MonotonicTime.nanoseconds() < end else { throw ProgramError.neverHappened("the change was told") }
            await SystemClock().sleep(for: .milliseconds(50))
            try await follow(store)
        }
    }

    private mutating func apply(_ events: [SyncEvent]) {
        var next = self
        for event in events {
            switch event {
            case .changed(let changed):
                for account in changed { next.accounts[account.id] = account }
                next.mentioned.formUnion(changed.map(\.id))
            case .unchanged(let same): next.mentioned.formUnion(same)
            case .removed(let gone): for id in gone { next.accounts[id] = nil }
            case .reached(let cookie):
                next.cookie = cookie
                self = next
            case .finished(let cookie, let othersAreGone):
                if othersAreGone { next.accounts = next.accounts.filter { next.mentioned.contains($0.key) } }
                (next.cookie, next.lastRunWasFull, next.mentioned) = (cookie, othersAreGone, [])
                self = next
            }
        }
    }
}

extension IdentityStore {
    /// Every account, as a first run tells of them.
    func everybody() async throws -> [DirectoryAccount] {
        var index = ToldIndex()
        try await index.follow(self)
        return Array(index.accounts.values)
    }
}

extension DirectoryAccount {
    /// What a list shows; groups are asked for where they decide something.
    fileprivate var listed: [String] {
        [login, displayName, firstName, lastName, mail ?? "-", mobile ?? "-", container.description, "\(isLocked)"]
    }
}
