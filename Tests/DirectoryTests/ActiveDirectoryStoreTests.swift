import Directory
import Model
import Platform
import TestSupport
import Testing

/// What is Active Directory's own, on a real domain controller (Samba).
@Suite struct ActiveDirectoryStoreTests {
    @Test func `the name with a domain is a login too`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        #expect(try await directory.refusal("INES@ad.example.org") == nil)
        #expect(try await directory.store.account(login: "ines@ad.example.org")?.id == id)
    }

    /// S4
    @Test func `a lock lapses by the policy that holds for the account`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let account = try await directory.read(id)
        let until = try #require(account.lockedUntil)
        let left = until - SystemClock().now()
        #expect(account.isLocked && left > .seconds(25 * 60) && left <= .seconds(31 * 60))
    }

    /// PW-01
    @Test func `a fine-grained policy decides length and expiry`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.apply(policy: "Strict", to: try await directory.dn(of: id))
        let account = try await directory.read(id)
        guard case .at(let set) = account.lastPasswordSet, case .at(let expires) = account.passwordExpires else {
            Issue.record("\(account)")
            return
        }
        #expect(expires - set == .seconds(30 * 86_400))
        let error = await #expect(throws: StoreError.self) { try await directory.reset(id, to: "Quartz-4711-short!") }
        guard case .refused("directoryPolicy", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await directory.reset(id, to: "Quartz-4711-long-enough!")
        #expect(try await directory.refusal("ines", "Quartz-4711-long-enough!") == nil)
    }

    /// OP-04
    @Test func `the primary group and those above it count, though memberOf leaves it out`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        var person = TestPerson("ines")
        person.groups = ["Tier 1"]
        let id = try await directory.add(person)
        try await directory.nest(["Tier 1"], in: "Protected")
        let groups = SambaServer.groups
        let token = try await directory.server.search("CN=Tier 1,\(groups)", scope: "base", ["primaryGroupToken"])
        let number = try #require(token.first { $0.hasPrefix("primaryGroupToken: ") }).dropFirst(19)
        try await directory.server.write(
            .change(try await directory.dn(of: id), "replace", "primaryGroupID", [String(number)]))
        let found = try await directory.read(id).groups
        #expect(found.isSuperset(of: [directory.group("Tier 1"), directory.group("Protected")]))
    }

    /// OP-05
    @Test(arguments: ["Domain Admins", "", "cn=", "CN=Tier 1,OU=,DC=ad", "CN=Tier 1,,DC=ad", "Tier 1,OU=Groups"])
    func `a group is named by its DN only`(name: String) async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        #expect(directory.store.group(parsing: name) == nil)
        #expect(directory.store.container(parsing: name) == nil)
    }

    /// The rights of the service account end at `OU=People`.
    @Test func `an account outside the delegation is refused with the reason, and stays as it is`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let administrator = try #require(try await directory.store.account(login: "Administrator"))
        let attempts: [@Sendable () async throws -> Void] = [
            { try await directory.reset(administrator.id) },
            { _ = try await directory.store.unlock(administrator.id, operation: operationID("op-unlock")) },
        ]
        for attempt in attempts {
            let error = await #expect(throws: StoreError.self) { try await attempt() }
            #expect(error?.isUnsupported == true)
        }
        #expect(try await directory.store.account(administrator.id) == administrator)
    }

    @Test func `the account of the Kerberos key and computers are no accounts`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        for login in ["krbtgt", "DC1$"] { #expect(try await directory.store.account(login: login) == nil) }
    }

    @Test func `an account that is moved and renamed between two calls is still the one`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let dn = try await directory.dn(of: id)
        try await directory.server.write(.move(dn, to: "CN=Somebody\\, Else", below: SambaServer.people))
        try await directory.reset(id)
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }

    /// CR-04: declared in the store's own words: a lock that comes, and one that goes, move the version too.
    @Test func `wrong passwords and sign-ins leave the credential version, a lock and an unlock move it`() async throws
    {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        var versions = [try await directory.read(id).credentialVersion]
        _ = try await directory.refusal("ines", "wrong")
        _ = try await directory.refusal("ines")
        #expect(try await directory.read(id).credentialVersion == versions[0])
        try await directory.lock("ines")
        versions.append(try await directory.read(id).credentialVersion)
        _ = try await directory.refusal("ines", "wrong")
        #expect(try await directory.read(id).credentialVersion == versions[1])
        versions.append(try await directory.store.unlock(id, operation: operationID("op-unlock")))
        versions.append(try await directory.reset(id))
        #expect(Set(versions).count == 4)
    }

    /// CR-04
    @Test func `without a place for the operation, the password tells whether a reset happened`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let plain = try directory.another(mark: nil)
        defer { plain.close() }
        let id = try await directory.add(TestPerson("ines"))
        let since = try await directory.read(id).credentialVersion
        let settle = { (password: Secret?) in
            try await plain.settlement(of: operationID("op"), account: id, since: since, setting: password)
        }
        #expect(try await settle(settled) == .notApplied)
        try await directory.lock("ines")
        #expect(try await settle(settled) == .notApplied)
        _ = try await plain.resetPassword(of: id, to: settled, mustChange: true, operation: operationID("op"))
        #expect(try await settle(settled) == .applied)
        #expect(try await settle(Secret(TestPerson.rightPassword)) == .unknown)
        #expect(try await settle(nil) == .unknown)
    }

    /// CR-04
    @Test func `without a place for the operation, the lock tells whether an unlock happened`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let plain = try directory.another(mark: nil)
        defer { plain.close() }
        let id = try await directory.add(TestPerson("ines"))
        try await directory.lock("ines")
        let since = try await directory.read(id).credentialVersion
        let settle = { try await plain.settlement(of: operationID("op"), account: id, since: since, setting: nil) }
        #expect(try await settle() == .notApplied)
        _ = try await plain.unlock(id, operation: operationID("op"))
        #expect(try await settle() == .applied)
        try await directory.lock("ines")
        #expect(try await settle() == .unknown)
    }

    @Test func `many accounts are read in several searches`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let ids = [try await directory.add(TestPerson("ines")), try await directory.add(TestPerson("joao"))]
        let absent = (0..<250).compactMap { number in
            AccountID(store: directory.store.id, entry: "00000000-0000-0000-0000-000000000\(100 + number)")
        }
        #expect(absent.count == 250)
        let found = try await directory.store.accounts([ids[0]] + absent + [ids[1]])
        #expect(Set(found.map(\.id)) == Set(ids))
    }

    @Test func `StartTLS works like LDAPS, and without TLS there is nothing`() async throws {
        let directory = try await ActiveDirectoryTestDirectory()
        defer { directory.end() }
        let id = try await directory.add(TestPerson("ines"))
        let store = try directory.another(
            [LDAPServer(host: directory.server.address, port: 389)], security: .startTLS)
        defer { store.close() }
        _ = try await store.resetPassword(of: id, to: settled, mustChange: false, operation: operationID("op"))
        #expect(try await directory.refusal("ines", TestPerson.otherPassword) == nil)
    }
}
