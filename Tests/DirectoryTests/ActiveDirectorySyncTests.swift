import Directory
import Model
import TestSupport
import Testing

/// Increments by the numbers of writes, held against what ldapsearch(1) sees.
@Suite struct ActiveDirectorySyncTests {
    @Test func `an index that follows equals the directory, entry by entry`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        // Answers of three entries: every window is too wide at first.
        let store = try directory.another(answerSize: 3)
        defer { store.close() }
        var ids: [AccountID] = []
        for number in 0..<12 {
            var person = TestPerson("p\(number)", "Person \(number)")
            person.container = number.isMultiple(of: 2) ? "Staff/Berlin" : "Staff/Paris"
            person.mail = "p\(number)@example.org"
            ids.append(try await directory.add(person))
        }
        var index = ToldIndex()
        try await index.follow(store)
        #expect(index.lastRunWasFull)
        #expect(try await index.rows == directory.rows())
        for number in 0..<4 {
            var person = TestPerson("p\(number)", "Somebody \(number)")
            person.container = "Elsewhere"
            try await directory.change(ids[number], to: person)
        }
        for number in 4..<7 { try await directory.remove(ids[number]) }
        for number in 20..<24 { _ = try await directory.add(TestPerson("p\(number)")) }
        try await index.follow(store)
        #expect(!index.lastRunWasFull)
        #expect(try await index.rows == directory.rows())
    }

    @Test func `who moves out of the base is gone, and back when moved back`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let store = try directory.another(base: SambaServer.people)
        defer { store.close() }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(store)
        #expect(index.accounts.keys.map { $0 } == [id])
        let dn = try await directory.dn(of: id)
        try await directory.server.write(.move(dn, to: "CN=ines", below: SambaServer.groups))
        try await index.follow(store)
        #expect(index.accounts.isEmpty && !index.lastRunWasFull)
        await #expect(throws: StoreError.notFound) {
            try await store.resetPassword(of: id, to: settled, mustChange: false, operation: operationID("op"))
        }
        try await directory.server.write(
            .move("CN=ines,\(SambaServer.groups)", to: "CN=ines", below: SambaServer.people))
        try await index.follow(store)
        #expect(index.accounts.keys.map { $0 } == [id])
    }

    /// The numbers of one database say nothing to another.
    @Test func `a cookie of another database or from a future this one has lost brings everything`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        _ = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        let bytes = try #require(index.cookie).bytes
        for changed in [bytes.indices.first.map { $0 + 3 }, 17] {
            var other = bytes
            other[try #require(changed)] ^= 0x40
            index.cookie = SyncCookie(other)
            try await index.follow(directory.store)
            #expect(index.lastRunWasFull)
        }
        try await index.follow(directory.store)
        #expect(!index.lastRunWasFull)
    }

    @Test func `a service account that may not see what was deleted reads everything every time`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        _ = try await directory.add(TestPerson("joao"))
        let store = try directory.another(bindAs: "joao@ad.example.org", secret: TestPerson.rightPassword)
        defer { store.close() }
        var index = ToldIndex()
        try await index.follow(store)
        #expect(index.accounts[id] != nil)
        try await directory.remove(id)
        try await index.follow(store)
        #expect(index.accounts[id] == nil && index.lastRunWasFull)
    }
}

extension ToldIndex {
    /// What a list shows, sorted.
    fileprivate var rows: [String] {
        accounts.values.map { account in
            [account.id.entry, account.login, account.displayName, account.mail ?? "-"].joined(separator: " ")
        }.sorted()
    }
}

extension ActiveDirectoryTestDirectory {
    /// The same by ldapsearch(1).
    fileprivate func rows() async throws -> [String] {
        let lines = try await server.search(
            SambaServer.domain,
            filter: "(&(objectCategory=person)(objectClass=user)(!(objectClass=computer))(!(sAMAccountName=krbtgt)))",
            ["sAMAccountName", "displayName", "cn", "mail"], options: ["-E", "!1.2.840.113556.1.4.529=::MAMCAQE="])
        var rows: [String] = []
        for entry in lines.split(separator: "") where entry.first?.hasPrefix("dn: <GUID=") == true {
            let value = { (name: String) in
                entry.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
            }
            let id = entry.first?.dropFirst("dn: <GUID=".count).prefix { $0 != ">" } ?? ""
            rows.append(
                [
                    String(id), value("sAMAccountName") ?? "", value("displayName") ?? value("cn") ?? "",
                    value("mail") ?? "-",
                ].joined(separator: " "))
        }
        return rows.sorted()
    }
}
