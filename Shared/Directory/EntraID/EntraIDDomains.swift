import Model
import Platform
import StrictJSON

/// How long passwords last in the domains of a tenant ("domain resource type").
struct EntraIDDomains: Sendable {
    /// How long a password lasts.
    enum Life: Sendable {
        case days(Int64)
        case unlimited
        /// Another directory checks the passwords of this domain.
        case elsewhere
    }

    private let lives: [String: Life]

    init(_ domains: [JSON]) {
        var lives: [String: Life] = [:]
        for domain in domains {
            guard let name = domain["id"]?.stringValue else { continue }
            lives[name.lowercased()] = Self.life(domain)
        }
        self.lives = lives
    }

    /// `nil` for a domain that is none of the tenant's.
    func passwordLife(of domain: String) -> Life? { lives[domain] }

    private static func life(_ domain: JSON) -> Life {
        if let kind = domain["authenticationType"]?.stringValue, kind.lowercased() == "federated" { return .elsewhere }
        // Not set: 90 days, as the property's description has it. 2,147,483,647 is how "never" is set.
        let days = domain["passwordValidityPeriodInDays"]?.integerValue ?? 90
        return (1...36_500).contains(days) ? .days(days) : .unlimited
    }
}

/// Keeps what the domains say for an hour. A tenant that does not let them be read has passwords of unknown life, and is
/// asked again after a minute.
final class EntraIDDomainCache: Sendable {
    private static let life = Duration.seconds(3_600), pause = Duration.seconds(60)

    private let graph: GraphClient
    private let kept = Lock<(domains: EntraIDDomains?, until: Timestamp)?>(nil)

    init(graph: GraphClient) {
        self.graph = graph
    }

    /// `nil` when they cannot be read now.
    func domains(within deadline: CallDeadline) async -> EntraIDDomains? {
        let now = graph.clock.now()
        if let kept = kept.withLock({ $0 }), now < kept.until { return kept.domains }
        let found = try? await read(within: deadline)
        kept.withLock { $0 = (found, now + (found == nil ? Self.pause : Self.life)) }
        return found
    }

    /// Asks Graph.
    func read(within deadline: CallDeadline) async throws(StoreError) -> EntraIDDomains {
        var domains: [JSON] = []
        var request: GraphRequest? = .get(GraphPath.domains)
        while let next = request {
            let page = try await GraphPage(graph.read(next, within: deadline), of: graph.url)
            domains += page.values
            request = page.next.map { .get($0) }
        }
        return EntraIDDomains(domains)
    }
}
