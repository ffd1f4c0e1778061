import Model
import Platform
import TestSupport
import Testing

@testable import Directory

/// What the index is told by an LDAP directory, compared with what OpenLDAP's own client finds.
@Suite struct LDAPStoreSynchronizingTests {
    private func addMany(_ count: Int, _ slapd: SlapdServer) throws {
        let people = (0..<count).map { number in
            """
            dn: uid=p\(number),\(LDAPTestDirectory.people)
            changetype: add
            objectClass: inetOrgPerson
            uid: p\(number)
            cn: Person \(number)
            sn: Person

            """
        }
        try slapd.change(people.joined(separator: "\n"))
    }

    /// `entryUUID`, `uid` and `displayName` or `cn` of every person, by ldapsearch(1).
    private func found(_ slapd: SlapdServer) throws -> Set<String> {
        let entries = try slapd.search("(objectClass=inetOrgPerson)", ["uid", "entryUUID", "cn"])
        return Set(
            entries.split(separator: "\n\n").compactMap { entry in
                let values = ["entryUUID", "uid", "cn"].compactMap { name in
                    entry.split(separator: "\n").first { $0.hasPrefix(name + ": ") }?.dropFirst(name.count + 2)
                }
                return values.isEmpty ? nil : values.joined(separator: " ")
            })
    }

    private func told(_ index: ToldIndex) -> Set<String> {
        Set(index.accounts.values.map { "\($0.id.entry) \($0.login) \($0.displayName)" })
    }

    /// - Parameter pages: whether the server is read page by page, as one without content synchronization.
    @Test(arguments: [false, true])
    func `after adds, changes, deletes, moves and restarts the index holds what the directory holds`(
        pages: Bool
    ) async throws {
        let settings = pages ? ["vendor": "\"ds389\"", "attributes": "{id: \"entryUUID\"}"] : [:]
        let directory = try LDAPTestDirectory(settings: settings)
        defer { directory.end() }
        let slapd = directory.slapd
        try addMany(1_200, slapd)
        var index = ToldIndex()
        try await index.follow(directory.store)
        #expect(index.lastRunWasFull && index.accounts.count == 1_200)
        #expect(try told(index) == found(slapd))
        for number in 0..<10 { try slapd.delete("uid=p\(number),\(LDAPTestDirectory.people)") }
        try slapd.change(
            """
            dn: ou=moved,\(LDAPTestDirectory.people)
            changetype: add
            objectClass: organizationalUnit
            ou: moved

            dn: uid=p20,\(LDAPTestDirectory.people)
            changetype: modrdn
            newrdn: uid=q20
            deleteoldrdn: 1
            newsuperior: ou=moved,\(LDAPTestDirectory.people)

            dn: uid=p21,\(LDAPTestDirectory.people)
            changetype: modify
            replace: cn
            cn: Changed

            dn: uid=p0,\(LDAPTestDirectory.people)
            changetype: add
            objectClass: inetOrgPerson
            uid: p0
            cn: Made again
            sn: Person

            """)
        try await index.follow(directory.store)
        #expect(try told(index) == found(slapd))
        #expect(index.lastRunWasFull == pages)
        try slapd.stop()
        try slapd.start()
        try slapd.delete("uid=p30,\(LDAPTestDirectory.people)")
        try await index.follow(directory.store)
        #expect(try told(index) == found(slapd))
        #expect(index.accounts.count == 1_190)
    }

    /// More changes than the server's log of deletes holds: it names those that are still there (the present phase).
    @Test func `a cookie older than the server's log takes away whoever is gone`() async throws {
        let directory = try LDAPTestDirectory(try SlapdServer(["--session-log", "5"]))
        defer { directory.end() }
        try addMany(60, directory.slapd)
        var index = ToldIndex()
        try await index.follow(directory.store)
        for number in 0..<20 { try directory.slapd.delete("uid=p\(number),\(LDAPTestDirectory.people)") }
        try await index.follow(directory.store)
        #expect(try told(index) == found(directory.slapd) && index.accounts.count == 40)
    }

    @Test func `a read of everybody that breaks off in the middle is made good by the next`() async throws {
        let slapd = try SlapdServer()
        let way = try FaultyWay(to: slapd.securePort)
        let directory = try LDAPTestDirectory(slapd, settings: ["servers": "[\(way.setting)]"])
        defer { directory.end() }
        try addMany(1_200, slapd)
        var index = ToldIndex()
        for bytes in [5_000, 50_000, 200_000] {
            way.become("cut \(bytes)")
            await #expect(throws: StoreError.self) { try await index.follow(directory.store) }
            try slapd.delete("uid=p\(bytes / 1_000),\(LDAPTestDirectory.people)")
        }
        way.become("ok")
        try await index.follow(directory.store)
        #expect(try told(index) == found(slapd) && index.accounts.count == 1_197)
    }

    @Test func `an entry that is no account anymore is told as gone`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        #expect(index.accounts[id] != nil)
        try directory.slapd.change(
            "dn: \(try directory.name(id))\nchangetype: modrdn\nnewrdn: cn=ines\ndeleteoldrdn: 1\n")
        try await index.follow(directory.store)
        #expect(index.accounts[id] == nil)
    }

    @Test func `another base makes a cookie worthless`() async throws {
        let directory = try LDAPTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        var index = ToldIndex()
        try await index.follow(directory.store)
        let narrow = try LDAPTestDirectory.open(directory.slapd, ["base": "\"ou=groups,\(SlapdServer.base)\""])
        defer { narrow.close() }
        try await index.follow(narrow)
        #expect(index.lastRunWasFull && index.accounts[id] == nil)
    }
}
