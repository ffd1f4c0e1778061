import Model
import Platform

/// The application's own token, fetched when it is wanted and kept until shortly before it ends.
final class GraphTokens: Sendable {
    private struct Kept {
        let token: Secret
        let until: Timestamp
    }

    private let endpoint: LoginEndpoint
    private let clock: any Clock
    private let kept = Lock<Kept?>(nil)
    private let isClosed = Lock(false)

    init(endpoint: LoginEndpoint, clock: any Clock) {
        self.endpoint = endpoint
        self.clock = clock
    }

    /// The token. Several callers at once may fetch several; each is good, and the last one is kept.
    func token(within deadline: CallDeadline) async throws(StoreError) -> Secret {
        guard !isClosed.withLock({ $0 }) else { throw .unavailable("the store is closed") }
        let now = clock.now()
        if let kept = kept.withLock({ $0 }), now < kept.until { return kept.token }
        let grant = try await endpoint.applicationToken(within: deadline)
        // Five minutes early, so that no token ends on its way; half of a life that is shorter.
        let useful = max(grant.lifetime - .seconds(300), grant.lifetime / 2)
        kept.withLock { $0 = Kept(token: grant.token, until: now + useful) }
        return grant.token
    }

    /// Forgets a token that Graph does not take; not one that was fetched since.
    func drop(_ token: Secret) {
        kept.withLock { kept in
            if kept?.token === token { kept = nil }
        }
    }

    /// No token from here on.
    func close() {
        isClosed.withLock { $0 = true }
        kept.withLock { $0 = nil }
    }
}
