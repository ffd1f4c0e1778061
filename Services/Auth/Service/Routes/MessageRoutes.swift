import Audit
import Hosting
import Messaging
import Model
import Web

/// This service's own messages, for administrators.
struct MessageRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func list(_ call: Call<AuthCaller>) async throws -> Response {
        try await administration.list(call.request)
    }

    @Sendable func deliver(_ call: Call<AuthCaller>) async throws -> Response {
        let id = try call.parameter("message") { MessageID($0) }
        if !call.request.body.isEmpty { try call.request.json().finish() }
        return try await administration.deliver(id, event(call))
    }

    @Sendable func delete(_ call: Call<AuthCaller>) async throws -> Response {
        let id = try call.parameter("message") { MessageID($0) }
        return try await administration.delete(id, event(call))
    }

    @Sendable func preview(_ call: Call<AuthCaller>) async throws -> Response {
        let kind = try call.parameter("kind") { MessageKind(rawValue: $0) }
        return try administration.preview(kind, call.request)
    }

    private func event(_ call: Call<AuthCaller>) throws -> AuditEvent {
        AuditEvent(.message, by: .desk(try call.caller.administrator, call.origin), at: collaborators.clock.now())
    }

    private var administration: MessageAdministration {
        MessageAdministration(
            database: collaborators.database, outbox: collaborators.outbox, audit: collaborators.audit,
            wake: collaborators.wakeOutbox)
    }
}
