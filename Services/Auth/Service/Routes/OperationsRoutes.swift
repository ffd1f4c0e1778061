import Directory
import Observability
import StrictJSON
import Web

/// What deployers and their tools ask: alive, ready, numbers, the contract, the keys.
struct OperationsRoutes: Sendable {
    let collaborators: Collaborators
    let numbers: Metrics
    private static let alive = Response.json(200, .object(["status": "alive"]))

    @Sendable func health(_ call: Call<AuthCaller>) async throws -> Response {
        Self.alive
    }

    /// Ready with the database and a signing key; a store that does not answer makes it degraded, not unready.
    @Sendable func readiness(_ call: Call<AuthCaller>) async throws -> Response {
        let hasDatabase = (try? await collaborators.database.read { try $0.query("SELECT 1") }) != nil
        let hasKeys = collaborators.tokens.isReady
        let stores = await collaborators.stores.check(within: .seconds(2)).map { store in
            JSONMember(name: store.id.text, value: store.serves ? "ok" : "unavailable")
        }
        let isDegraded = stores.contains { $0.value != "ok" }
        let isReady = hasDatabase && hasKeys
        let status = isReady ? (isDegraded ? "degraded" : "ready") : "unready"
        let body = JSON.object([
            "status": .string(status), "database": hasDatabase ? "ok" : "unavailable",
            "keys": hasKeys ? "ok" : "missing", "stores": .object(stores),
        ])
        return .json(isReady ? 200 : 503, body)
    }

    @Sendable func metrics(_ call: Call<AuthCaller>) async throws -> Response {
        .text(200, numbers.render(), type: Metrics.contentType)
    }

    @Sendable func openAPI(_ call: Call<AuthCaller>) async throws -> Response {
        Response(status: 200, headers: [("Content-Type", "application/json")], body: OpenAPIDocument.bytes)
    }

    @Sendable func keySet(_ call: Call<AuthCaller>) async throws -> Response {
        .json(200, collaborators.tokens.keySet)
    }
}
