import Configuration
import Crypto
import Model
import Platform
import TestSupport

@testable import Directory

/// A domain of Active Directory of a test's own, on a real domain controller (Samba).
final class ActiveDirectoryTestDirectory: TestDirectory {
    let server: SambaServer
    let domain: ActiveDirectoryStore
    let lockAfterFailures = 3
    let groupsOfEverybody: Set = [
        "cn=domain users,cn=users,dc=ad,dc=example,dc=org", "cn=users,cn=builtin,dc=ad,dc=example,dc=org",
    ]
    private let folder = TemporaryFolder()
    private let secret: String
    private let clock: any Clock

    var store: any IdentityStore { domain }

    /// - Parameters:
    ///   - mark: the attribute for the operation's id; `nil`: none, and the password decides what happened.
    ///   - clock: the process's; the domain controller keeps the time of the machine.
    init(mark: String? = "msDS-cloudExtensionAttribute1", clock: any Clock = SystemClock()) async throws {
        server = try await SambaServer.start()
        secret = folder.write("secret", SambaServer.service.password)
        self.clock = clock
        let settings = LDAPServerSettings(
            servers: [LDAPServer(host: server.address, port: 636)], caFile: server.authority,
            bindName: SambaServer.service.name, bindPassword: .file(secret), base: SambaServer.domain, connections: 4)
        domain = try Self.open(settings, mark: mark, clock)
    }

    func end() {
        domain.close()
        server.stop()
    }

    /// A store on the same domain by other settings; closed by whoever asked for it.
    func another(
        _ servers: [LDAPServer]? = nil, mark: String? = "msDS-cloudExtensionAttribute1", authority: String? = nil,
        security: LDAPServerSettings.Security = .ldaps, deadline: Duration = .seconds(10),
        bindAs name: String = SambaServer.service.name, secret: String? = nil, base: String = SambaServer.domain,
        answerSize: Int32 = ChangeWindow.usual
    ) throws -> ActiveDirectoryStore {
        let settings = LDAPServerSettings(
            servers: servers ?? [LDAPServer(host: server.address, port: 636)], security: security,
            caFile: authority ?? server.authority, bindName: name,
            bindPassword: .file(secret.map { folder.write("other", $0) } ?? self.secret), base: base,
            connectDeadline: min(.seconds(5), deadline), deadline: deadline, connections: 4)
        return try Self.open(settings, mark: mark, clock, answerSize: answerSize)
    }

    private static func open(
        _ server: LDAPServerSettings, mark: String?, _ clock: any Clock, answerSize: Int32 = ChangeWindow.usual
    ) throws -> ActiveDirectoryStore {
        let settings = ActiveDirectorySettings(server: server, operationAttribute: mark)
        let configuration = StoreConfiguration(
            id: testStoreID, name: "Test", domain: "ad.example.org", backend: .activeDirectory(settings))
        return try ActiveDirectoryStore.open(
            configuration, settings: settings, environment: StoreEnvironment(clock: clock, hasher: testHasher()),
            answerSize: answerSize)
    }
}

// What the suite arranges, by tools that share nothing with the store.
extension ActiveDirectoryTestDirectory {
    /// A moment long gone, in the directory's own count.
    private static let longAgo = "132223104000000000"

    func add(_ person: TestPerson) async throws -> AccountID {
        let parent = container(person.container)
        try await makeContainers(person.container)
        let dn = "CN=\(person.login),\(parent)"
        var control = 512
        if person.states.contains(.disabled) { control |= 0x2 }
        if person.states.contains(.neverExpires) { control |= 0x10000 }
        var attributes: [(String, [UInt8])] = [
            ("objectClass", Array("user".utf8)), ("sAMAccountName", Array(person.login.utf8)),
            ("userPrincipalName", Array("\(person.login)@ad.example.org".utf8)),
            ("userAccountControl", Array("\(control)".utf8)), ("unicodePwd", quoted(person.password)),
        ]
        attributes += described(person).map { ($0, Array($1.utf8)) }
        if person.states.contains(.mustChange) { attributes.append(("pwdLastSet", Array("0".utf8))) }
        if person.states.contains(.accountExpired) { attributes.append(("accountExpires", Array(Self.longAgo.utf8))) }
        try await server.write(.add(dn, attributes))
        for group in person.groups {
            try await makeGroup(group)
            try await server.write(.change(groupName(group), "add", "member", [dn]))
        }
        try await putInto(person.states, dn, person.login)
        return try await id(of: dn)
    }

    private func putInto(_ states: [TestPerson.State], _ dn: String, _ login: String) async throws {
        if states.contains(.expired) {
            try await server.writeBehind(.change(dn, "replace", "pwdLastSet", [Self.longAgo]))
        }
        if states.contains(.locked) {
            // Nobody can lock by hand here; a lock without end comes from a policy that has one.
            try await apply(policy: "UntilUnlocked", to: dn)
            for _ in 0..<lockAfterFailures { _ = try await server.binds(dn, "wrong") }
        }
    }

    /// Applies a fine-grained policy.
    func apply(policy: String, to dn: String) async throws {
        let policy = "CN=\(policy),CN=Password Settings Container,CN=System,\(SambaServer.domain)"
        try await server.write(.change(policy, "add", "msDS-PSOAppliesTo", [dn]))
    }

    func nest(_ members: [String], in group: String) async throws {
        for name in members + [group] { try await makeGroup(name) }
        try await server.write(
            .change(groupName(group), "add", "member", members.map(groupName)))
    }

    func change(_ account: AccountID, to person: TestPerson) async throws {
        let dn = try await dn(of: account)
        try await makeContainers(person.container)
        for (name, value) in described(person) {
            try await server.write(.change(dn, "replace", name, [value]))
        }
        try await server.write(.move(dn, to: "CN=\(person.login)", below: container(person.container)))
    }

    func remove(_ account: AccountID) async throws {
        try await server.write(.delete(try await dn(of: account)))
    }

    func container(_ path: String) -> String {
        let parts = path.isEmpty ? [] : path.split(separator: "/", omittingEmptySubsequences: false)
        return (parts.reversed().map { "OU=\($0)" } + [SambaServer.people]).joined(separator: ",")
    }

    func group(_ name: String) -> String { groupName(name).lowercased() }

    /// Where an account is now.
    func dn(of account: AccountID) async throws -> String {
        let lines = try await server.search("<GUID=\(account.entry)>", scope: "base", ["distinguishedName"])
        guard let line = lines.first(where: { $0.hasPrefix("distinguishedName: ") }) else {
            throw StoreError.notFound
        }
        return String(line.dropFirst("distinguishedName: ".count))
    }

    /// The id of an entry as the domain controller itself writes it (extended names, MS-ADTS §3.1.1.3.4.1.5).
    private func id(of dn: String) async throws -> AccountID {
        let lines = try await server.search(
            dn, scope: "base", ["1.1"], options: ["-E", "!1.2.840.113556.1.4.529=::MAMCAQE="])
        let line = lines.first { $0.hasPrefix("dn: <GUID=") } ?? ""
        let text = line.dropFirst("dn: <GUID=".count).prefix { $0 != ">" }
        guard let id = AccountID(store: testStoreID, entry: String(text)) else { throw StoreError.notFound }
        return id
    }

    private func described(_ person: TestPerson) -> [(String, String)] {
        [
            ("displayName", person.displayName), ("givenName", person.firstName), ("sn", person.lastName),
            ("mail", person.mail ?? ""), ("mobile", person.mobile ?? ""),
        ].filter { !$0.1.isEmpty }
    }

    private func quoted(_ password: String) -> [UInt8] {
        ("\"" + password + "\"").utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private func groupName(_ name: String) -> String { "CN=\(name),\(SambaServer.groups)" }

    private func makeGroup(_ name: String) async throws {
        let attributes: [(String, [UInt8])] = [
            ("objectClass", Array("group".utf8)), ("sAMAccountName", Array(name.utf8)),
        ]
        try await server.write(.add(groupName(name), attributes), ignoring: [68])
    }

    private func makeContainers(_ path: String) async throws {
        let parts = path.split(separator: "/")
        for count in parts.indices {
            let name = container(parts[...count].joined(separator: "/"))
            try await server.write(.add(name, [("objectClass", Array("organizationalUnit".utf8))]), ignoring: [68])
        }
    }
}
