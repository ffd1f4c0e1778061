import Configuration
import Directory
import Model
import TestSupport
import Testing

/// `stores.json5`.
@Suite struct StoresConfigurationTests {
    private func read(_ text: String) -> (StoresConfiguration, [ConfigurationProblem]) {
        let reader = ConfigurationReader(file: "/etc/latchkey/stores.json5", bytes: Array(text.utf8))
        let configuration = StoresConfiguration(reader)
        reader.finish()
        return (configuration, reader.problems)
    }

    @Test func `a store takes its settings and the defaults`() throws {
        let (configuration, problems) = read(
            """
            {stores: [{id: "staff", name: "Staff", domain: "staff.example.org", kind: "embedded", path: "data/staff.db",
                policy: {lockAfterFailures: 3, lockSeconds: 0, bannedWords: ["acme"]}}]}
            """)
        #expect(problems.isEmpty, "\(problems)")
        let store = try #require(configuration.stores.first)
        #expect(store.id.text == "staff" && store.name == "Staff" && store.domain == "staff.example.org")
        let settings = embeddedSettings(store)
        #expect(settings.path == "/etc/latchkey/data/staff.db")
        #expect(settings.policy.lockAfterFailures == 3 && settings.policy.lockDuration == .zero)
        #expect(settings.policy.maximumPasswordAge == .zero)
        #expect(settings.policy.password.bannedWords == ["acme"] && settings.policy.password.minimumLength == 12)
    }

    @Test(arguments: [
        ("{}", "/stores"), ("{stores: []}", "/stores"),
        (#"{stores: [{id: "a b", name: "A", domain: "a", path: "a"}]}"#, "/stores/0/id"),
        (#"{stores: [{id: "a", domain: "a", path: "a"}]}"#, "/stores/0/name"),
        (#"{stores: [{id: "a", name: "A", domain: "a"}]}"#, "/stores/0/path"),
        (#"{stores: [{id: "a", name: "A", domain: "a", path: "a", kind: "ldap"}]}"#, "/stores/0/kind"),
        (#"{stores: [{id: "a", name: "A", domain: "a", path: "a", colour: "b"}]}"#, "/stores/0/colour"),
        (
            #"{stores: [{id: "a", name: "A", domain: "a", path: "a", policy: {lockSeconds: -1}}]}"#,
            "/stores/0/policy/lockSeconds"
        ),
        (
            #"{stores: [{id: "a", name: "A", domain: "a", path: "a"}, {id: "a", name: "B", domain: "b", path: "b"}]}"#,
            "/stores/1/id"
        ),
    ]) func `a wrong setting is named by its place`(text: String, pointer: String) {
        let (_, problems) = read(text)
        #expect(problems.map(\.pointer).contains(pointer), "\(problems)")
    }

    @Test func `the registry opens every store and finds them by id and account`() async throws {
        let folder = TemporaryFolder()
        let reader = ConfigurationReader(
            file: folder.file("stores.json5"),
            bytes: Array(
                #"{stores: [{id: "b", name: "B", domain: "b", path: "b"}, {id: "a", name: "A", domain: "a", path: "a"}]}"#
                    .utf8))
        let configuration = StoresConfiguration(reader)
        let environment = StoreEnvironment(clock: FixedClock(), hasher: testHasher())
        await #expect(throws: StoreError.self) {
            try await IdentityStoreRegistry.open(configuration, environment: environment)
        }
        let registry = try await IdentityStoreRegistry.open(configuration, environment: environment, creating: true)
        defer { registry.close() }
        #expect(registry.all.map(\.id.text) == ["b", "a"])
        let id = try #require(StoreID("a"))
        let account = try #require(AccountID(store: id, entry: "x"))
        #expect(registry[id]?.name == "A" && registry.store(of: account)?.name == "A")
        #expect(registry[try #require(StoreID("c"))] == nil)
    }
}
