import Configuration
import Model
import Passwords
import TestSupport
import Testing

@testable import Directory

/// A store of kind `ldap` in `stores.json5`.
@Suite struct LDAPStoreConfigurationTests {
    private static let least: [String: String] = [
        "id": "\"staff\"", "name": "\"Staff\"", "domain": "\"example.org\"", "kind": "\"ldap\"",
        "servers": "[\"ldap1.example.org\"]", "bindName": "\"cn=helpdesk,dc=example,dc=org\"",
        "bindPassword": "{env: \"LDAP_PASSWORD\"}", "base": "\"dc=example,dc=org\"",
    ]

    private func read(_ changes: [String: String?]) -> (LDAPStoreSettings?, [ConfigurationProblem]) {
        var members = Self.least
        for (name, value) in changes {
            members.updateValue(value ?? "", forKey: name)
            if value == nil { members[name] = nil }
        }
        let text = "{stores: [{" + members.map { "\($0): \($1)" }.joined(separator: ", ") + "}]}"
        let reader = ConfigurationReader(file: "/etc/latchkey/stores.json5", bytes: Array(text.utf8))
        let configuration = StoresConfiguration(reader)
        reader.finish()
        guard case .ldap(let settings) = configuration.stores.first?.backend else { return (nil, reader.problems) }
        return (settings, reader.problems)
    }

    @Test func `the least that is needed takes the defaults`() throws {
        let (read, problems) = read([:])
        let settings = try #require(read)
        #expect(problems.isEmpty, "\(problems)")
        #expect(settings.server.servers == [LDAPServer(host: "ldap1.example.org", port: 636)])
        #expect(settings.server.security == .ldaps && settings.server.caFile == nil)
        #expect(settings.server.deadline == .seconds(10) && settings.server.connectDeadline == .seconds(5))
        #expect(settings.server.connections == 8 && settings.server.idleLimit == .seconds(60))
        #expect(settings.groupBase == "dc=example,dc=org" && settings.groups == .search)
        #expect(settings.schema.id == "entryUUID" && settings.schema.login == "uid" && settings.schema.disabled == nil)
        #expect(settings.server.passwordPolicy.minimumLength == PasswordPolicy().minimumLength)
    }

    @Test func `everything can be named`() throws {
        let (read, problems) = read([
            "servers": "[\"a.example.org\", \"b.example.org:1636\", \"127.0.0.1:389\", \"[::1]:390\"]",
            "security": "\"startTLS\"", "caFile": "\"ca.pem\"", "vendor": "\"ds389\"", "groups": "\"memberOf\"",
            "attributes": "{login: \"mail\", disabled: \"employeeType\"}", "disabledValues": "[\"left\"]",
            "memberAttributes": "[\"member\"]", "policy": "{minimumLength: 20}", "personClass": "\"person\"",
            "groupBase": "\"ou=g,dc=example,dc=org\"", "defaultPolicy": "\"cn=p,dc=example,dc=org\"",
            "decoyName": "\"cn=d,dc=example,dc=org\"", "connectSeconds": "2", "deadlineSeconds": "3",
            "connections": "4", "idleSeconds": "5",
        ])
        let settings = try #require(read)
        #expect(problems.isEmpty, "\(problems)")
        #expect(
            settings.server.servers.map(\.description) == [
                "a.example.org:389", "b.example.org:1636", "127.0.0.1:389", "[::1]:390",
            ])
        #expect(settings.server.security == .startTLS && settings.server.caFile == "/etc/latchkey/ca.pem")
        #expect(settings.schema.id == "nsUniqueId" && settings.schema.login == "mail")
        #expect(settings.schema.disabled == "employeeType" && settings.schema.disabledValues == ["left"])
        #expect(settings.schema.members == ["member"] && settings.server.passwordPolicy.minimumLength == 20)
    }

    @Test(arguments: [
        ("servers", "[]", "servers"), ("servers", "[\"\"]", "servers/0"), ("servers", "[\"a b\"]", "servers"),
        ("servers", "[\"ldap://a\"]", "servers"), ("servers", "[\"a:0\"]", "servers"),
        ("servers", "[\"a:99999\"]", "servers"),
        ("servers", "[\"[::1\"]", "servers"), ("security", "\"none\"", "security"),
        ("security", "\"plain\"", "security"),
        ("base", "\"\"", "base"), ("base", "\"example.org\"", "base"), ("base", "\"dc=\\u0000\"", "base"),
        ("groupBase", "\"x\"", "groupBase"), ("decoyName", "\"x\"", "decoyName"),
        ("bindPassword", "\"x\"", "bindPassword"),
        ("attributes", "{login: \"uid)(cn\"}", "attributes/login"),
        ("attributes", "{color: \"a\"}", "attributes/color"),
        ("memberAttributes", "[\"a b\"]", "memberAttributes"), ("connections", "0", "connections"),
        ("deadlineSeconds", "0", "deadlineSeconds"), ("vendor", "\"novell\"", "vendor"), ("tls", "false", "tls"),
    ]) func `a wrong setting is named by its place`(name: String, value: String, pointer: String) {
        let problems = read([name: value]).1
        #expect(problems.map(\.pointer).contains("/stores/0/" + pointer), "\(problems)")
    }

    @Test(arguments: ["servers", "bindName", "bindPassword", "base"])
    func `what has to be there is missed`(name: String) {
        #expect(read([name: nil as String?]).1.map(\.pointer).contains("/stores/0/" + name))
    }

    @Test func `a service account without a password does not open`() throws {
        let slapdless = try #require(read([:]).0)
        let id = try #require(StoreID("staff"))
        let store = StoreConfiguration(id: id, name: "Staff", domain: "example.org", backend: .ldap(slapdless))
        let environment = StoreEnvironment(clock: FixedClock(), hasher: testHasher())
        #expect(throws: StoreError.self) { try LDAPStore.open(store, settings: slapdless, environment: environment) }
    }
}
