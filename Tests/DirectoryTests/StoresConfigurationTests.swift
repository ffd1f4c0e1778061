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
        let settings = try embeddedSettings(store)
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
        (#"{stores: [{id: "a", name: "A", domain: "a", path: "a", kind: "ldapp"}]}"#, "/stores/0/kind"),
        (#"{stores: [{id: "a", name: "A", domain: "a", path: "a", colour: "b"}]}"#, "/stores/0/colour"),
        (
            #"{stores: [{id: "a", name: "A", domain: "a", path: "a", policy: {lockSeconds: -1}}]}"#,
            "/stores/0/policy/lockSeconds"
        ),
        (entra(#"tenant: "t/..""#), "/stores/0/tenant"), (entra(#"clientID: "latchkey""#), "/stores/0/clientID"),
        (entra(#"clientSecret: "s""#), "/stores/0/clientSecret"), (entra(#"signIn: "bind""#), "/stores/0/signIn"),
        (entra(#"graphURL: "http://graph.example.org""#), "/stores/0/graphURL"),
        (entra(#"graphURL: "https://graph.example.org/""#), "/stores/0/graphURL"),
        (entra(#"loginURL: "https://a@login.example.org""#), "/stores/0/loginURL"),
        (entra(#"operationAttribute: "displayName""#), "/stores/0/operationAttribute"),
        (entra("deadlineSeconds: 31"), "/stores/0/deadlineSeconds"),
        (
            #"{stores: [{id: "a", name: "A", domain: "a", path: "a"}, {id: "a", name: "B", domain: "b", path: "b"}]}"#,
            "/stores/1/id"
        ),
    ]) func `a wrong setting is named by its place`(text: String, pointer: String) {
        let (_, problems) = read(text)
        #expect(problems.map(\.pointer).contains(pointer), "\(problems)")
    }

    @Test func `a Microsoft Entra ID store takes its settings and the defaults`() throws {
        let (configuration, problems) = read(entra(#"policy: {minimumLength: 14}"#))
        #expect(problems.isEmpty, "\(problems)")
        guard case .entraID(let settings) = configuration.stores.first?.backend else {
            Issue.record("no store")
            return
        }
        #expect(settings.tenant == "contoso.example.org" && settings.signIn == .none && settings.mailAttribute == .mail)
        #expect(settings.clientSecret == .file("/etc/latchkey/secret") && settings.operationAttribute == nil)
        #expect(
            settings.loginURL == "https://login.microsoftonline.com"
                && settings.graphURL == "https://graph.microsoft.com")
        #expect(settings.deadline == .seconds(10) && settings.password.minimumLength == 14)
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

/// A store of the kind `entraID` with one setting more, or another one.
private func entra(_ setting: String) -> String {
    let name = setting.prefix { $0 != ":" }
    let rest = [
        #"tenant: "contoso.example.org""#, #"clientID: "22222222-2222-4222-8222-222222222222""#,
        #"clientSecret: {file: "secret"}"#,
    ].filter { !$0.hasPrefix(name) }
    return "{stores: [{id: 'a', name: 'A', domain: 'a', kind: 'entraID', "
        + (rest + [setting]).joined(separator: ", ") + "}]}"
}
