import Audit
import Model
import StrictJSON
import Web

/// The history of one user, and of the desk.
struct HistoryRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func ofUser(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let user = try call.parameter("id") { AccountID($0) }
        let desk = try await call.desk(collaborators)
        let query = try query(of: call.request)
        return page(
            try await ReadHistory(collaborators: collaborators).run(query, of: user, for: desk), limit: query.limit)
    }

    @Sendable func all(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var query = try query(of: call.request)
        query.filter.stores = Set(try call.request.storeList("store"))
        return page(try await ReadHistory(collaborators: collaborators).run(query, for: desk), limit: query.limit)
    }

    private func query(of request: Request) throws -> HistoryQuery {
        let page = try request.page(standard: 50, maximum: 200)
        var filter = AuditFilter()
        filter.kinds = Set(try request.list("kind") { AuditKind(rawValue: $0) })
        filter.types = Set(try request.list("type") { AuthenticationType(rawValue: $0) })
        filter.outcomes = Set(try request.list("outcome") { AuditOutcome(rawValue: $0) })
        filter.actorKinds = Set(try request.list("actorKind") { AuditActorKind(rawValue: $0) })
        filter.from = try request.query("from") { Timestamp(rfc3339: $0) }
        filter.until = try request.query("to") { Timestamp(rfc3339: $0) }
        return HistoryQuery(filter: filter, limit: page.limit, position: try page.keys.map(position))
    }

    private func position(_ keys: [JSON]) throws -> AuditPosition {
        guard keys.count == 2, let at = keys[0].integerValue, let sequence = keys[1].integerValue, sequence > 0 else {
            throw HelpdeskError.invalidCursor
        }
        return AuditPosition(at: Timestamp(microseconds: at), sequence: sequence)
    }

    private func page(_ records: [AuditRecord], limit: Int) -> Response {
        let last = records.count == limit ? records.last : nil
        let next = last.map { Cursor.encode([.integer($0.event.at.microseconds), .integer($0.sequence)]) }
        return .json(
            200,
            .object(["events": .array(records.map(\.historyJSON)), "nextCursor": next.map(JSON.string)]))
    }
}

extension AuditRecord {
    /// The row as an operator reads it, without the hashes.
    fileprivate var historyJSON: JSON {
        .object([
            "sequence": .integer(sequence), "at": .string(event.at.rfc3339), "kind": .string(event.kind.rawValue),
            "outcome": .string(event.outcome.rawValue), "reason": event.reason.map(JSON.string),
            "actorKind": .string(event.actorKind.rawValue), "actor": event.actor.map { .string($0.text) },
            "subject": event.subject.map { .string($0.text) }, "store": event.store.map { .string($0.text) },
            "action": event.action.map(JSON.string), "type": event.type.map { .string($0.rawValue) },
            "operation": event.operation.map { .string($0.text) },
            "verification": event.verification.map { .string($0.text) }, "source": event.source.map(JSON.string),
            "client": event.client.map(JSON.string), "detail": event.detail.isEmpty ? nil : .object(event.detail),
            "service": .string(event.origin?.service ?? "latchkey-helpdesk"),
        ])
    }
}
