import Directory
import Model
import Testing

/// What every identity store has to tell about its accounts, whatever stands behind it.
@Suite struct IdentityStoreConformanceReadingTests {
    @Test(arguments: TestDirectoryKind.allCases)
    func `the store tells who it is and can serve`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let store = directory.store
        #expect(!store.name.isEmpty && !store.domain.isEmpty)
        try await store.check()
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account tells what the directory holds`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var person = TestPerson("lukasz", "Łukasz Żółty")
        person.firstName = "Łukasz"
        person.lastName = "Żółty"
        person.mail = "lukasz@example.org"
        person.mobile = "+15550100042"
        let account = try await directory.read(try await directory.add(person))
        #expect(account.login == directory.login("lukasz") && account.displayName == "Łukasz Żółty")
        #expect(account.firstName == "Łukasz" && account.lastName == "Żółty")
        #expect(account.mail == "lukasz@example.org" && account.mobile == "+15550100042")
        #expect(!account.isDisabled && !account.isLocked && !account.accountExpired && !account.mustChange)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `absent addresses are absent and not empty`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let account = try await directory.read(try await directory.add(TestPerson("ines")))
        #expect(account.mail == nil && account.mobile == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `an account is found by its login without regard to case`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        #expect(try await directory.store.account(login: "INES")?.id == id)
        #expect(try await directory.store.account(login: "ine") == nil)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `several accounts are read at once and absent ones left out`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let ids = [
            try await directory.add(TestPerson("ines")), try await directory.add(TestPerson("joao")),
        ]
        let absent = try #require(AccountID(store: directory.store.id, entry: "absent"))
        let found = try await directory.store.accounts(ids + [absent])
        #expect(Set(found.map(\.id)) == Set(ids))
        #expect(try await directory.store.accounts([]).isEmpty)
    }

    /// S4
    @Test(arguments: TestDirectoryKind.allCases)
    func `a lock shows with its end and expiry with its time`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let account = try await directory.read(id)
        switch directory.store.capabilities.lockState {
        case .supported: #expect(account.isLocked && account.lockedUntil != nil)
        case .unsupported(let reason): #expect(!account.isLocked && account.lockedUntil == nil && reason.contains(" "))
        }
        guard case .at(let set) = account.lastPasswordSet, case .at(let expires) = account.passwordExpires else {
            Issue.record("\(account.lastPasswordSet) \(account.passwordExpires)")
            return
        }
        #expect(set < expires)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `a lock by an administrator has no end`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        let account = try await directory.read(try await directory.add(TestPerson("ines", states: [.locked])))
        #expect(account.isLocked == directory.store.capabilities.lockState.isSupported && account.lockedUntil == nil)
    }

    /// S4
    @Test(arguments: TestDirectoryKind.allCases)
    func `never expiring is never, but not for somebody who must change the password`(kind: TestDirectoryKind)
        async throws
    {
        let directory = try await kind.start()
        defer { directory.end() }
        let never = try await directory.add(TestPerson("ines", states: [.neverExpires]))
        let changing = try await directory.add(TestPerson("joao", states: [.neverExpires, .mustChange]))
        #expect(try await directory.read(never).passwordExpires == .never)
        #expect(try await directory.read(changing).passwordExpires != .never)
    }

    @Test(arguments: TestDirectoryKind.allCases)
    func `groups come with the groups that hold them, through a cycle too`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.groups = ["Tier 1", "Mail Users"]
        let id = try await directory.add(person)
        let other = try await directory.add(TestPerson("joao"))
        try await directory.nest(["Tier 1", "Tier 2"], in: "Helpdesk")
        try await directory.nest(["Helpdesk"], in: "IT")
        try await directory.nest(["IT"], in: "Tier 1")
        try await directory.nest(["Sales"], in: "All Staff")
        let everybody = directory.groupsOfEverybody
        let expected = everybody.union(["Tier 1", "Mail Users", "Helpdesk", "IT"].map(directory.group))
        #expect(try await directory.read(id).groups == expected)
        #expect(directory.store.group(parsing: directory.group("Tier 1")) == directory.group("Tier 1"))
        #expect(try await directory.store.hasGroup(directory.group("Tier 1")))
        #expect(try await !directory.store.hasGroup(directory.group("Nobody's")))
        #expect(try await directory.read(other).groups == everybody)
    }

    /// OP-05
    @Test(arguments: TestDirectoryKind.allCases)
    func `containers are told as the store reads them`(kind: TestDirectoryKind) async throws {
        let directory = try await kind.start()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.container = "Staff/Berlin"
        let container = try await directory.read(try await directory.add(person)).container
        if case .unsupported(let reason) = directory.store.capabilities.containers {
            #expect(container == Container(components: []) && reason.contains(" "))
            #expect(["", "Staff", "Staff/Berlin"].allSatisfy { directory.store.container(parsing: $0) == nil })
            return
        }
        let parse = { directory.store.container(parsing: directory.container($0)) }
        #expect(container == parse("Staff/Berlin"))
        #expect(parse("staff")?.holds(container) == true)
        #expect(parse("Staff/Ber")?.holds(container) == false)
        #expect(parse("taff/Berlin")?.holds(container) == false)
        #expect(parse("Staff//Berlin") == nil)
    }
}
