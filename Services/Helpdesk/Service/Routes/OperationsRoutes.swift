import Directory
import Observability
import StrictJSON
import Web

/// What deployers and their tools ask: alive, ready, numbers, the contract.
struct OperationsRoutes: Sendable {
    let collaborators: Collaborators
    let numbers: Metrics
    private static let alive = Response.json(200, .object(["status": "alive"]))

    @Sendable func health(_ call: Call<HelpdeskCaller>) async throws -> Response {
        Self.alive
    }

    /// Ready with the database and the sealing keys; a store or the auth service that does not answer makes it
    /// degraded, not unready: what can be done without it is done. So does a store that was never read whole: the list of users
    /// lacks some of its people; and a protected group that is not there, which protects nobody.
    @Sendable func readiness(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let hasDatabase = (try? await collaborators.database.read { try $0.query("SELECT 1") }) != nil
        let hasKeys = (try? collaborators.keyring.seal([0], context: "readiness")) != nil
        let hasAuth = (try? await collaborators.keys.check()) != nil
        let stores = await collaborators.stores.check(within: .seconds(2)).map { store in
            JSONMember(name: store.id.text, value: store.serves ? "ok" : "unavailable")
        }
        let read = (try? await collaborators.database.read { try SyncStateTable.finished($0) }) ?? [:]
        let index = collaborators.stores.all.map { store in
            JSONMember(name: store.id.text, value: read[store.id] == nil ? "incomplete" : "ok")
        }
        let hasGroups = collaborators.missingGroups.withLock { $0.isEmpty }
        let isDegraded = !hasAuth || !hasGroups || (stores + index).contains { $0.value != "ok" }
        let isReady = hasDatabase && hasKeys
        let status = isReady ? (isDegraded ? "degraded" : "ready") : "unready"
        let body = JSON.object([
            "status": .string(status), "database": hasDatabase ? "ok" : "unavailable",
            "keys": hasKeys ? "ok" : "missing", "auth": hasAuth ? "ok" : "unavailable", "stores": .object(stores),
            "index": .object(index), "protectedGroups": hasGroups ? "ok" : "missing",
        ])
        return .json(isReady ? 200 : 503, body)
    }

    @Sendable func metrics(_ call: Call<HelpdeskCaller>) async throws -> Response {
        .text(200, numbers.render(), type: Metrics.contentType)
    }

    @Sendable func openAPI(_ call: Call<HelpdeskCaller>) async throws -> Response {
        Response(status: 200, headers: [("Content-Type", "application/json")], body: OpenAPIDocument.bytes)
    }
}
