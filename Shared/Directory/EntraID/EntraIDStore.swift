import Configuration
import Model
import Platform
import Transport

/// A Microsoft Entra ID tenant over Microsoft Graph.
///
/// There is no bind, no unlock, no lock state and no tree: each is declared in ``capabilities`` with its reason, and
/// `docs/directories/entra-id.md` says more.
public struct EntraIDStore: IdentityStore {
    /// The store's id.
    public let id: StoreID
    /// The name people see.
    public let name: String
    /// The domain people see beside the name; a login without one is of this domain.
    public let domain: String
    /// Always `entraID`.
    public let kind = IdentityStoreKind.entraID
    /// What Graph offers an application.
    public let capabilities: StoreCapabilities

    let settings: EntraIDSettings
    let graph: GraphClient
    let endpoint: LoginEndpoint
    let domains: EntraIDDomainCache

    /// Loads the client secret. Microsoft's services are not asked: a service starts without them.
    ///
    /// - Throws: ``StoreError/unavailable(_:)`` for a secret that cannot be loaded.
    public static func open(
        _ configuration: StoreConfiguration, settings: EntraIDSettings, environment: StoreEnvironment
    ) throws(StoreError) -> EntraIDStore {
        do {
            guard let reference = settings.clientSecret else { throw SecretError.empty("clientSecret") }
            return EntraIDStore(
                configuration, settings: settings, secret: try reference.load(), clock: environment.clock)
        } catch {
            throw .unavailable("The store \(configuration.id) has no client secret: \(error)")
        }
    }

    private init(
        _ configuration: StoreConfiguration, settings: EntraIDSettings, secret: Secret, clock: any Clock
    ) {
        id = configuration.id
        name = configuration.name
        domain = configuration.domain
        self.settings = settings
        capabilities = Self.capabilities(settings.signIn)
        let http = HTTPClient(threads: settings.connections, caFile: settings.caFile, maximumBody: 16 * 1_048_576)
        endpoint = LoginEndpoint(settings: settings, secret: secret, http: http)
        graph = GraphClient(
            url: settings.graphURL, tokens: GraphTokens(endpoint: endpoint, clock: clock), http: http, clock: clock)
        domains = EntraIDDomainCache(graph: graph)
    }

    /// R5: an administrator cannot lift smart lockout ("Protect user accounts from attacks with Microsoft Entra smart
    /// lockout"); nor does Graph tell of it, nor is a reset said to end it.
    private static func capabilities(_ signIn: EntraIDSettings.SignIn) -> StoreCapabilities {
        let canSignIn: Capability
        switch signIn {
        case .passwordGrant: canSignIn = .supported
        case .none:
            canSignIn = .unsupported(
                reason: "This Microsoft Entra ID store does not check passwords: Entra ID offers applications no bind, "
                    + "and the password grant is not switched on for the store.")
        }
        return StoreCapabilities(
            unlock: .unsupported(
                reason: "Microsoft Entra ID cannot be unlocked by an administrator: smart lockout ends by itself, "
                    + "or when the owner resets the password."),
            signIn: canSignIn,
            lockState: .unsupported(reason: "Microsoft Entra ID does not tell whether smart lockout holds an account."),
            resetUnlocks: .unsupported(
                reason: "Microsoft Entra ID does not promise that a reset by an administrator ends smart lockout."),
            containers: .unsupported(
                reason: "Microsoft Entra ID has no tree: a user can be in several administrative units, or in none. "
                    + "Use a group."))
    }

    /// There is no tree; see ``StoreCapabilities/containers``.
    public func container(parsing text: String) -> Container? { nil }

    /// A group's object id. A name alone is malformed: whoever may make groups can give any name to one.
    public func group(parsing text: String) -> String? { ObjectID(text)?.text }

    /// Reads the group of the id.
    public func hasGroup(_ name: String) async throws(StoreError) -> Bool {
        guard let group = ObjectID(name) else { return false }
        let deadline = CallDeadline(after: settings.deadline)
        return try await graph.read(.get(GraphPath.group(group)), within: deadline) != nil
    }

    /// Reads one user with groups: whoever may do that can serve.
    public func check() async throws(StoreError) {
        let deadline = CallDeadline(after: settings.deadline)
        let list = try await graph.read(
            .get(GraphPath.firstUser(selecting: EntraIDUser.properties(settings))), within: deadline)
        guard let first = try GraphPage(list, of: graph.url).values.first else { return }
        _ = try await accounts(of: [EntraIDUser(first, settings: settings).id], within: deadline)
        _ = try await domains.read(within: deadline)
    }

    /// Lets go of the token.
    public func close() { graph.tokens.close() }
}
