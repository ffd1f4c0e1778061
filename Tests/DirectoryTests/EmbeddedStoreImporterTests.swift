import Directory
import Model
import TestSupport
import Testing

/// People and groups taken over from CSV files.
@Suite struct EmbeddedStoreImporterTests {
    private let right = TestPerson.rightPassword

    @Test func `people, their groups and the groups of groups are taken over`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let people = csv([
            ["login", "displayName", "container", "password", "groups"],
            ["ines", "Inês Conceição", "Staff/Lisbon", right, "Tier 1;  Mail   Users "],
            ["joao", "João Gonçalves", "staff/lisbon", right, "tier 1"],
        ])
        let report = try await directory.importPeople(
            people, groups: csv([["group", "memberGroup"], ["Helpdesk", "Tier 1"], ["Empty", ""]]))
        #expect(report == expected(created: 2, passwordsSet: 2, groupsCreated: 4, nestings: 1))
        let ines = try #require(try await directory.store.account(login: "ines"))
        let joao = try #require(try await directory.store.account(login: "joao"))
        #expect(ines.groups == ["tier 1", "mail users", "helpdesk"])
        #expect(joao.groups == ["tier 1", "helpdesk"])
        #expect(ines.container == joao.container)
    }

    @Test func `every problem of a file is named with its line and nothing is taken over`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let people = csv([
            ["login", "mail", "mobile", "container", "groups", "state", "passwordAgeDays", "password", "displayName"],
            ["good", "good@example.org", "+15550100001", "Staff", "A;B", "locked", "3", right, "Good"],
            ["in es", "", "", "", "", "", "", "", ""],
            [
                "good", "no address", "0555", "Staff//X", "A;" + String(repeating: "x", count: 129), "lokced", "-1", "",
                "",
            ],
            ["GOOD", "a@b@c", "+0555010000", "Staff\\", "", "expired;neverExpires", "+1", "", "tab\there"],
            ["weak", "", "", "", "", "", "", "12345", ""],
        ])
        let problems = await problems { try await directory.importPeople(people) }
        #expect(
            problems.map { "\($0.line) \($0.column ?? "")" } == [
                "3 login", "4 login", "4 mail", "4 mobile", "4 container", "4 groups", "4 state", "4 passwordAgeDays",
                "5 login", "5 displayName", "5 mail", "5 mobile", "5 container", "5 state", "5 passwordAgeDays",
                "6 password", "6 password",
            ])
        #expect(problems.allSatisfy { $0.file == "people.csv" && !$0.message.isEmpty })
        #expect(problems.allSatisfy { !$0.description.contains("12345") })
        #expect(try await directory.store.everybody().isEmpty)
        #expect(try await directory.number("SELECT count(*) FROM groups_of_accounts") == 0)
    }

    @Test func `a problem in the groups keeps the people out too`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let groups = csv([
            ["group", "memberGroup"], ["A", "B"], ["", "B"], ["A", "x;y"], ["Loop", "LOOP"], ["A"],
        ])
        let problems = await problems { try await directory.importPeople("login\nines\n", groups: groups) }
        #expect(Set(problems.map(\.line)) == [3, 4, 5, 6])
        #expect(problems.allSatisfy { $0.file == "groups.csv" })
        #expect(try await directory.store.account(login: "ines") == nil)
    }

    @Test(arguments: [
        ("", "1 "), ("displayName\nInes\n", "1 login"), ("login,login\na,b\n", "1 login"),
        ("login,nickname\na,b\n", "1 nickname"), ("login,mail\nines\n", "2 "), ("login\n\"ines\n", "2 "),
        ("login\nin\"es\n", "2 "), ("login\n\"ines\"x\n", "2 "),
    ]) func `a file that is no such table is refused`(text: String, expected: String) async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let problems = await problems { try await directory.importPeople(text) }
        #expect(problems.map { "\($0.line) \($0.column ?? "")" }.contains(expected), "\(problems)")
    }

    @Test func `bytes that are not UTF-8 are refused with their line`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let importer = EmbeddedStoreImporter(directory.embedded, random: SeededRandom())
        let file = ImportFile(name: "p.csv", bytes: Array("login,displayName\r\nines,".utf8) + [0xE9, 0x0A])
        let problems = await problems { _ = try await importer.run(people: file) }
        #expect(problems.map(\.line) == [2])
    }

    @Test func `a second import keeps the entry, the password, the lock and what it does not name`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines", "Inês")
        person.mail = "ines@example.org"
        person.groups = ["A"]
        let id = try await directory.add(person)
        let other = try await directory.add(TestPerson("joao"))
        try await directory.reset(id)
        try await directory.lock("ines")
        let before = try await directory.read(id)
        let report = try await directory.importPeople(
            csv([["login", "displayName", "password"], ["INES", "Inês Maria", right]]))
        var after = before
        after.displayName = "Inês Maria"
        let read = try await directory.read(id)
        #expect(read.login == "INES" && read.credentialVersion == before.credentialVersion)
        #expect(read.displayName == after.displayName && read.mail == before.mail && read.groups == before.groups)
        #expect(read.isLocked && read.lastPasswordSet == before.lastPasswordSet)
        #expect(report == expected(updated: 1))
        _ = try await directory.store.unlock(id, operation: operationID("op"))
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
        #expect(try await directory.read(other).displayName == "joao")
    }

    @Test func `a second import sets passwords where that is asked for`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let before = try await directory.read(id).credentialVersion
        let report = try await directory.importPeople(
            csv([["login", "password"], ["ines", TestPerson.otherPassword]]), updatingPasswords: true)
        #expect(report == expected(updated: 1, passwordsSet: 1))
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
        #expect(try await directory.read(id).credentialVersion != before)
    }

    @Test func `an empty password leaves the old one also where passwords are to be set`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        try await directory.importPeople(csv([["login", "password"], ["ines", ""]]), updatingPasswords: true)
        #expect(try await directory.refusal("ines") == nil)
    }

    @Test func `an empty field of a column that is there clears the value`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines", states: [.disabled])
        person.mail = "ines@example.org"
        person.groups = ["A"]
        let id = try await directory.add(person)
        try await directory.importPeople(csv([["login", "mail", "groups", "state"], ["ines", "", "", ""]]))
        let account = try await directory.read(id)
        #expect(account.mail == nil && account.groups.isEmpty && !account.isDisabled)
    }

    @Test func `a second groups file replaces the members of the groups it names`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.groups = ["A"]
        let id = try await directory.add(person)
        try await directory.importPeople("login\n", groups: csv([["group", "memberGroup"], ["B", "A"], ["C", "A"]]))
        try await directory.importPeople("login\n", groups: csv([["group", "memberGroup"], ["B", ""]]))
        #expect(try await directory.read(id).groups == ["a", "c"])
    }

    @Test func `a password's age sets when it was set and when it expires`() async throws {
        let directory = try await EmbeddedTestDirectory(maximumPasswordAgeDays: 90)
        defer { directory.end() }
        try await directory.importPeople(
            csv([["login", "password", "passwordAgeDays"], ["ines", right, "89"], ["joao", right, "90"]]))
        let ines = try #require(try await directory.store.account(login: "ines"))
        #expect(ines.lastPasswordSet == .at(directory.clock.now() - .seconds(89 * 86_400)))
        #expect(ines.passwordExpires == .at(directory.clock.now() + .seconds(86_400)))
        #expect(try await directory.refusal("joao") == .passwordExpired)
    }

    @Test func `a display name is made up where there is none`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        try await directory.importPeople(
            csv([
                ["login", "firstName", "lastName"], ["a", "Inês", "Conceição"], ["b", "", "Suharto"], ["c", "", ""],
            ]))
        let names = try await directory.store.everybody().map(\.displayName)
        #expect(Set(names) == ["Inês Conceição", "Suharto", "c"])
    }

    @Test func `entries are random UUIDs and none twice`() async throws {
        let directory = try await EmbeddedTestDirectory()
        defer { directory.end() }
        try await directory.importPeople("login\n" + (0..<200).map { "p\($0)\n" }.joined())
        let people = try await directory.store.everybody()
        #expect(Set(people.map(\.id.entry)).count == 200)
        let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(people.allSatisfy { $0.id.entry.wholeMatch(of: pattern) != nil })
    }

    private func expected(
        created: Int = 0, updated: Int = 0, passwordsSet: Int = 0, groupsCreated: Int = 0, nestings: Int = 0
    ) -> ImportReport {
        var report = ImportReport()
        report.created = created
        report.updated = updated
        report.passwordsSet = passwordsSet
        report.groupsCreated = groupsCreated
        report.nestings = nestings
        return report
    }
}

/// The problems an import ends with; none when it succeeds.
func problems(_ run: () async throws -> some Any) async -> [ImportProblem] {
    do {
        _ = try await run()
        return []
    } catch ImportError.invalid(let problems) {
        return problems
    } catch {
        Issue.record("\(error)")
        return []
    }
}
