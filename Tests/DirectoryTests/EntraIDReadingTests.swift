import Model
import StrictJSON
import TestSupport
import Testing

@testable import Directory

/// What a Microsoft Entra ID store makes of what Graph tells.
@Suite struct EntraIDReadingTests {
    /// IN-02: the value a filter compares with stays one value, whatever is in it.
    @Test(arguments: [
        "o'neil", "''", "x' or userPrincipalName ne '", "a') or ('1' eq '1", "a%27 or 1 eq 1", "a&$filter=id ne null",
        "a#EXT#", "a?b=c", "../../me", "$count", "*", "a\u{301}'\u{301}b", "'\u{200D}or", "a+b", "a\\'b", "\"a\"", "名前",
    ])
    func `a login is one value of the query, and only who has it is found`(login: String) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("somebody"))
        let id = try await directory.add(TestPerson(login))
        #expect(try await directory.store.account(login: login)?.id == id)
        #expect(try await directory.store.account(login: login + "'") == nil)
    }

    @Test func `a quote in a literal is written twice, also before a combining mark`() {
        #expect(GraphPath.literal("o'n'\u{301}") == "'o''n''\u{301}'")
    }

    @Test(arguments: [
        "me", "absent", "../users", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
        "0000000g-0000-0000-0000-000000000000", "00000000_0000-0000-0000-000000000000",
    ])
    func `an entry that is no object id is nobody, and Graph is not asked`(entry: String) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        if let account = AccountID(store: directory.store.id, entry: entry) {
            #expect(try await directory.store.account(account) == nil)
            await #expect(throws: StoreError.notFound) { try await directory.reset(account) }
        }
        #expect(ObjectID(entry) == nil)
        #expect(try await directory.requests().isEmpty)
    }

    @Test func `many accounts are read by batches of ten`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        var ids: Set<AccountID> = []
        for number in 0..<25 { ids.insert(try await directory.add(TestPerson("p\(number)"))) }
        #expect(Set(try await directory.store.accounts(Array(ids)).map(\.id)) == ids)
        #expect(try await directory.requests().filter { $0 == "POST /v1.0/$batch" }.count == 3)
    }

    /// S4
    @Test func `a password lasts as long as its domain says`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        func expiry(_ login: String, _ states: [TestPerson.State] = []) async throws -> (Timestamp?, Fact<Timestamp>) {
            let account = try await directory.read(try await directory.add(TestPerson(login, states: states)))
            guard case .at(let set) = account.lastPasswordSet else { return (nil, account.passwordExpires) }
            return (set, account.passwordExpires)
        }
        let (set, expires) = try await expiry("a")
        #expect(expires == .at(try #require(set) + .seconds(90 * 86_400)))
        let (unset, standard) = try await expiry("a@unset.example.org")
        #expect(standard == .at(try #require(unset) + .seconds(90 * 86_400)))
        #expect(try await expiry("a@never.example.org").1 == .never)
        #expect(try await expiry("b@never.example.org", [.mustChange]).1 == .unknown)
        #expect(try await expiry("a@federated.example.org").1 == .unknown)
        #expect(try await expiry("a@elsewhere.example.org").1 == .unknown)
    }

    @Test func `without the right to read domains the expiry is unknown and the rest is told`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.fault(.object(["match": "GET /v1.0/domains", "status": 403, "times": 9]))
        let account = try await directory.read(id)
        #expect(account.passwordExpires == .unknown && account.login == "ines@test.example.org")
        await #expect(throws: StoreError.self) { try await directory.store.check() }
    }

    @Test(
        arguments: [
            ("+1 (555) 010-0042", "+15550100042"), ("+49.30/1234567", "+49301234567"), ("0555 0100042", nil),
            ("+1555x", nil),
            ("+1", nil), ("+１５５５０１０００４２", nil),
        ] as [(String, String?)])
    func `a number is told in E164 form or not at all`(written: String, told: String?) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.mobile = written
        #expect(try await directory.read(try await directory.add(person)).mobile == told)
    }

    @Test func `the address of messages can be the other one`() async throws {
        let directory = try await GraphTestDirectory(#"mailAttribute: "otherMails""#)
        defer { directory.end() }
        var person = TestPerson("ines")
        person.mail = "ines@test.example.org"
        let id = try await directory.add(person)
        #expect(try await directory.read(id).mail == nil)
        try await directory.set(id, .object(["otherMails": ["ines@home.example.org", "x@home.example.org"]]))
        #expect(try await directory.read(id).mail == "ines@home.example.org")
    }

    @Test func `only an object id names a group`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
        #expect(directory.store.group(parsing: id) == id.lowercased())
        for text in ["Helpdesk", "", id + " ", "{\(id)}", String(id.dropLast())] {
            #expect(directory.store.group(parsing: text) == nil)
        }
    }

    /// OP-04
    @Test func `groups that cannot be read fail the account, so that nobody seems to be in none`() async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        for (status, code) in [(400, "Directory_ResultSizeLimitExceeded"), (403, "Authorization_RequestDenied")] {
            try await directory.fault(
                .object(["match": "getMemberGroups", "status": .integer(Int64(status)), "code": .string(code)]))
            await #expect(throws: StoreError.self) { try await directory.store.account(id) }
        }
        #expect(try await directory.read(id).id == id)
    }

    @Test(arguments: ["0193", "2026-11-21T09:45:00.000Z", "yesterday/-", ""])
    func `a version that is none settles nothing`(version: String) async throws {
        let directory = try await GraphTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let settlement = try await directory.store.settlement(
            of: operationID("op"), account: id, since: version, setting: settled)
        #expect(settlement == .unknown)
    }
}
