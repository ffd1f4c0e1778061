import Audit
import Messaging
import Model
import Platform
import SQL
import StrictJSON
import Web

/// The messages of a service, for its administrators (N4, N5): what waits, what failed, how they read.
///
/// Each service has an outbox of its own, so each answers for its own under the same paths.
public struct MessageAdministration: Sendable {
    private let database: any Database
    private let outbox: Outbox
    private let audit: AuditLog
    private let wake: @Sendable () -> Void

    /// Over a service's outbox.
    public init(database: any Database, outbox: Outbox, audit: AuditLog, wake: @escaping @Sendable () -> Void) {
        self.database = database
        self.outbox = outbox
        self.audit = audit
        self.wake = wake
    }

    /// A page of messages, the newest first; the row has to list `state`, `channel`, `limit` and `cursor`.
    public func list(_ request: Request) async throws -> Response {
        let page = try request.page()
        var filter = QueueFilter()
        filter.states = try request.query("state") { Self.states($0) } ?? []
        filter.channel = try request.query("channel") { MessageChannelKind(rawValue: $0) }
        let position = try page.keys.map { keys throws(Problem) in try Self.position(keys) }
        // One more than asked tells whether there is a next page.
        let found = try await database.read { [outbox, filter] connection in
            try outbox.list(filter, after: position, limit: page.limit + 1, connection)
        }
        let shown = found.prefix(page.limit)
        let next = found.count > page.limit ? shown.last : nil
        let cursor = next.map { message in
            Cursor.encode([.integer(message.created.microseconds), .string(message.status.message.text)])
        }
        return .json(
            200,
            .object(["messages": .array(shown.map(\.json)), "nextCursor": cursor.map(JSON.string)]))
    }

    /// Sends a message that waits now instead of later; `event` is the history row, without what it is about.
    public func deliver(_ id: MessageID, _ event: AuditEvent) async throws -> Response {
        try await change(id, event.with { $0.reason = "sentNow" }) { outbox, transaction in
            try outbox.deliverNow(id, in: transaction)
        }
        wake()
        return .empty(202)
    }

    /// Takes a message out of the queue.
    public func delete(_ id: MessageID, _ event: AuditEvent) async throws -> Response {
        try await change(id, event.with { $0.reason = "deleted" }) { outbox, transaction in
            try outbox.delete(id, in: transaction)
        }
        return .empty()
    }

    /// Shows how a kind of message reads; the row has to list `language`.
    public func preview(_ kind: MessageKind, _ request: Request) throws -> Response {
        let language = try request.query("language") { text in
            LanguagePriority(text).lookup(in: MessageLanguage.allCases) { $0.rawValue }
        }
        return .json(200, try outbox.preview(kind, in: language).json)
    }

    private func change(
        _ id: MessageID, _ event: AuditEvent,
        _ body: @escaping @Sendable (Outbox, Transaction) throws -> QueueChange
    ) async throws {
        let outcome = try await database.write { [outbox, audit] transaction in
            let outcome = try body(outbox, transaction)
            guard case .done(let kind) = outcome else { return outcome }
            let row = event.with {
                $0.detail = [
                    JSONMember(name: "message", value: .string(id.text)),
                    JSONMember(name: "kind", value: .string(kind.rawValue)),
                ]
            }
            try audit.append(row, in: transaction)
            return outcome
        }
        switch outcome {
        case .done: return
        case .notFound: throw Problem(status: 404, code: "messages.not_found", title: "No such message")
        case .notPossible(let state):
            throw Problem(
                status: 409, code: "messages.not_waiting", title: "The message is not waiting to be sent",
                detail: Self.sentence(state)
            ).member("state", .string(state.rawValue))
        }
    }

    /// One state by its name, or `pending` or `failed` for those an administrator looks for.
    private static func states(_ text: String) -> Set<DeliveryState>? {
        switch text {
        case "pending": [.held, .ready, .sending]
        case "failed": [.dead, .expired]
        default: DeliveryState(rawValue: text).map { [$0] }
        }
    }

    private static func position(_ keys: [JSON]) throws(Problem) -> QueuePosition {
        guard keys.count == 2, let created = keys[0].integerValue, case .string(let text) = keys[1],
            let id = MessageID(text)
        else {
            throw Problem(status: 400, code: "web.invalid_cursor", title: "Not a cursor of this list")
                .member("parameter", "cursor")
        }
        return QueuePosition(created: Timestamp(microseconds: created), id: id)
    }

    private static func sentence(_ state: DeliveryState) -> String {
        switch state {
        case .held: "It waits for what it tells of to be done, and goes out or is wiped with that."
        case .sending: "It is being handed over right now."
        case .sent: "It was sent; its words are gone."
        case .dead, .expired, .discarded: "It has ended; its words are gone."
        case .ready: "It changed in this moment. Look again."
        }
    }
}
