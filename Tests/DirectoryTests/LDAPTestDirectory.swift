import Configuration
import Crypto
import Model
import Platform
import TestSupport

@testable import Directory

/// A store of kind `ldap` on a slapd of its own.
final class LDAPTestDirectory: TestDirectory {
    let slapd: SlapdServer
    let ldap: LDAPStore
    let lockAfterFailures = 3
    let remembersOperations = false

    var store: any IdentityStore { ldap }

    /// - Parameters:
    ///   - server: on which it stands; a new one unless given.
    ///   - settings: members of the store's configuration, in place of the usual ones or besides them.
    init(_ server: SlapdServer? = nil, settings: [String: String] = [:]) throws {
        slapd = try server ?? SlapdServer()
        ldap = try Self.open(slapd, settings)
    }

    /// Waits for servers that start, off the cooperative pool.
    private static let starter = BlockingPool(name: "slapd-start", threads: 4)

    /// A directory of a test's own.
    static func start() async throws -> LDAPTestDirectory {
        try await starter.run { () throws(any Error) in try LDAPTestDirectory() }
    }

    func end() {
        ldap.close()
        try? slapd.stop()
    }

    static let people = "ou=people," + SlapdServer.base

    /// A store on a server, as `stores.json5` would say it.
    static func open(_ slapd: SlapdServer, _ settings: [String: String] = [:]) throws -> LDAPStore {
        let secret = slapd.folder.write("helpdesk.secret", "helpdesk-secret")
        var members = [
            "id": "\"test\"", "name": "\"Test\"", "domain": "\"test.example.org\"", "kind": "\"ldap\"",
            "servers": "[\"127.0.0.1:\(slapd.securePort)\"]", "caFile": "\"\(slapd.certificates.authority)\"",
            "bindName": "\"cn=helpdesk,ou=services,\(SlapdServer.base)\"", "bindPassword": "{file: \"\(secret)\"}",
            "base": "\"\(SlapdServer.base)\"", "defaultPolicy": "\"cn=default,ou=policies,\(SlapdServer.base)\"",
            "decoyName": "\"cn=decoy,ou=services,\(SlapdServer.base)\"",
            "attributes": "{disabled: \"employeeType\"}", "disabledValues": "[\"disabled\"]",
        ]
        members.merge(settings) { $1 }
        let text = "{stores: [{" + members.map { "\($0): \($1)" }.joined(separator: ", ") + "}]}"
        let reader = ConfigurationReader(file: slapd.folder.file("stores.json5"), bytes: Array(text.utf8))
        let configuration = StoresConfiguration(reader)
        reader.finish()
        guard reader.problems.isEmpty, let store = configuration.stores.first, case .ldap(let read) = store.backend
        else {
            throw ConfigurationFailure(problems: reader.problems)
        }
        let environment = StoreEnvironment(clock: SystemClock(), hasher: testHasher())
        return try LDAPStore.open(store, settings: read, environment: environment)
    }

    func add(_ person: TestPerson) async throws -> AccountID {
        try makeContainer(person.container)
        try slapd.change(record(person))
        for group in person.groups { try addMember(dn(person), to: group) }
        guard let account = try await store.account(login: person.login) else { throw StoreError.notFound }
        return account.id
    }

    func nest(_ members: [String], in holder: String) async throws {
        for member in members { try makeGroup(member) }
        for member in members { try addMember(group(member), to: holder) }
    }

    func change(_ account: AccountID, to person: TestPerson) async throws {
        try makeContainer(person.container)
        let old = try name(account)
        try slapd.change(
            """
            dn: \(old)
            changetype: modify
            \(names(person).map { "replace: \($0)\n\($0): \($1)" }.joined(separator: "\n-\n"))

            dn: \(old)
            changetype: modrdn
            newrdn: uid=\(person.login)
            deleteoldrdn: 0
            newsuperior: \(container(person.container))

            """)
    }

    func remove(_ account: AccountID) async throws { try slapd.delete(name(account)) }

    func container(_ path: String) -> String {
        let units = path.split(separator: "/", omittingEmptySubsequences: false).reversed()
        return path.isEmpty
            ? Self.people : units.map { $0.isEmpty ? "" : "ou=\($0)" }.joined(separator: ",") + "," + Self.people
    }

    func group(_ name: String) -> String { "cn=\(name.lowercased()),ou=groups,\(SlapdServer.base)" }

    /// What the server calls the account now.
    func name(_ account: AccountID) throws -> String {
        guard let name = try slapd.names("(entryUUID=\(account.entry))").first else { throw StoreError.notFound }
        return name
    }

    func dn(_ person: TestPerson) -> String { "uid=\(person.login),\(container(person.container))" }

    private func makeContainer(_ path: String) throws {
        var made = ""
        for unit in path.split(separator: "/") {
            made += made.isEmpty ? unit : "/" + unit
            let name = container(made)
            guard try slapd.names("(&(objectClass=organizationalUnit)(entryDN=\(name)))").isEmpty else { continue }
            try slapd.change("dn: \(name)\nchangetype: add\nobjectClass: organizationalUnit\nou: \(unit)\n")
        }
    }

    private func makeGroup(_ name: String) throws {
        guard try slapd.names("(&(objectClass=groupOfNames)(cn=\(name)))").isEmpty else { return }
        try slapd.change(
            "dn: \(group(name))\nchangetype: add\nobjectClass: groupOfNames\ncn: \(name)\nmember: cn=nobody\n")
    }

    private func addMember(_ dn: String, to holder: String) throws {
        try makeGroup(holder)
        try slapd.change("dn: \(group(holder))\nchangetype: modify\nadd: member\nmember: \(dn)\n")
    }

    private func names(_ person: TestPerson) -> [(String, String)] {
        let all = [
            ("displayName", person.displayName), ("cn", person.displayName), ("givenName", person.firstName),
            ("sn", person.lastName.isEmpty ? person.login : person.lastName), ("mail", person.mail ?? ""),
            ("mobile", person.mobile ?? ""),
        ]
        return all.filter { !$0.1.isEmpty }
    }

    private func record(_ person: TestPerson) -> String {
        let policy = person.states.contains(.neverExpires) ? "forever" : "default"
        let age = person.states.contains(.expired) ? 91 * 86_400 : 3_600
        var lines = ["dn: \(dn(person))", "changetype: add", "objectClass: inetOrgPerson", "uid: \(person.login)"]
        lines += names(person).map { "\($0): \($1)" }
        lines += [
            "userPassword: \(person.password)", "pwdPolicySubentry: cn=\(policy),ou=policies,\(SlapdServer.base)",
            "pwdChangedTime: \(generalizedTime(SystemClock().now() - .seconds(age)))",
        ]
        for state in person.states {
            switch state {
            case .locked: lines.append("pwdAccountLockedTime: 000001010000Z")
            case .mustChange: lines.append("pwdReset: TRUE")
            case .disabled: lines.append("employeeType: disabled")
            case .accountExpired: lines.append("pwdEndTime: 20200101000000Z")
            case .expired, .neverExpires: break
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// As directories write times, whole seconds.
func generalizedTime(_ moment: Timestamp) -> String {
    moment.rfc3339.prefix(19).filter { $0.isNumber } + "Z"
}
