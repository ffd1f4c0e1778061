import Audit
import Export
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
        return answer(try await ReadHistory(collaborators: collaborators).run(query, of: user, for: desk))
    }

    @Sendable func all(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var query = try query(of: call.request)
        query.filter.stores = Set(try call.request.storeList("store"))
        query.name = try call.request.query("name") { AuditFilter.isSearchable($0) ? $0 : nil }
        return answer(try await ReadHistory(collaborators: collaborators).run(query, for: desk))
    }

    @Sendable func export(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let format = try body.exportFormat()
        let (filter, name) = try AuditFilter.read(&body)
        try body.finish()
        return try await ExportHistory(collaborators: collaborators).run(filter, name: name, format, for: desk)
    }

    private func query(of request: Request) throws -> HistoryQuery {
        let page = try request.page(standard: 50, maximum: 200)
        var filter = AuditFilter()
        filter.kinds = Set(try request.list("kind") { AuditKind(rawValue: $0) })
        filter.types = Set(try request.list("type") { AuthenticationType(rawValue: $0) })
        filter.outcomes = Set(try request.list("outcome") { AuditOutcome(rawValue: $0) })
        filter.actorKinds = Set(try request.list("performedBy") { AuditActorKind(performedBy: $0) })
        filter.action = try request.query("action") { AuditFilter.isSearchable($0) ? $0 : nil }
        filter.device = try request.query("device") { AuditFilter.isSearchable($0) ? $0 : nil }
        filter.from = try request.query("from") { Timestamp(rfc3339: $0) }
        filter.until = try request.query("to") { Timestamp(rfc3339: $0) }
        return HistoryQuery(filter: filter, limit: page.limit, cursor: try page.keys.map(HistoryCursor.init))
    }

    private func answer(_ found: HistoryPage) -> Response {
        let (page, total) = (found.page, found.total)
        return .json(
            200,
            .object([
                "events": .array(page.records.map { $0.historyJSON(found.names) }),
                "total": .integer(Int64(total.count)), "totalIsExact": .bool(total.isExact),
                "nextCursor": page.next.map { .string(HistoryCursor(position: $0, isForward: true).text) },
                "prevCursor": page.previous.map { .string(HistoryCursor(position: $0, isForward: false).text) },
            ]))
    }
}

extension HistoryCursor {
    fileprivate init(_ keys: [JSON]) throws(HelpdeskError) {
        guard keys.count == 3, let at = keys[0].integerValue, let sequence = keys[1].integerValue, sequence > 0,
            keys[2] == "n" || keys[2] == "p"
        else { throw .invalidCursor }
        position = AuditPosition(at: Timestamp(microseconds: at), sequence: sequence)
        isForward = keys[2] == "n"
    }

    fileprivate var text: String {
        Cursor.encode([
            .integer(position.at.microseconds), .integer(position.sequence), isForward ? "n" : "p",
        ])
    }
}

extension AuditFilter {
    /// Whether a text can be looked for: of a sensible length, and without NUL, which no database keeps.
    fileprivate static func isSearchable(_ text: String) -> Bool {
        (1...256).contains(text.unicodeScalars.count) && !text.utf8.contains(0)
    }

    /// Reads `filter` of an export: the members are the parameters of the list, and so is the name, which means accounts.
    fileprivate static func read(
        _ body: inout JSONObjectReader
    ) throws(JSONError) -> (filter: AuditFilter, name: String?) {
        var filter = AuditFilter()
        guard var reader = try body.optionalObject("filter") else { return (filter, nil) }
        filter.stores = Set(try reader.list("store") { StoreID($0) })
        filter.kinds = Set(try reader.list("kind") { AuditKind(rawValue: $0) })
        filter.types = Set(try reader.list("type") { AuthenticationType(rawValue: $0) })
        filter.outcomes = Set(try reader.list("outcome") { AuditOutcome(rawValue: $0) })
        filter.actorKinds = Set(try reader.list("performedBy") { AuditActorKind(performedBy: $0) })
        filter.action = try reader.optionalParsed("action") { isSearchable($0) ? $0 : nil }
        filter.device = try reader.optionalParsed("device") { isSearchable($0) ? $0 : nil }
        filter.from = try reader.optionalParsed("from") { Timestamp(rfc3339: $0) }
        filter.until = try reader.optionalParsed("to") { Timestamp(rfc3339: $0) }
        let name = try reader.optionalParsed("name") { isSearchable($0) ? $0 : nil }
        try reader.finish()
        return (filter, name)
    }
}

extension JSONObjectReader {
    /// `format` of an export.
    mutating func exportFormat() throws(JSONError) -> ExportFormat {
        try parsed("format", as: "export format") { ExportFormat(rawValue: $0) }
    }

    /// A list of words, none of them unknown; empty when it is missing.
    mutating func list<T>(_ name: String, _ parse: (String) -> T?) throws(JSONError) -> [T] {
        var found: [T] = []
        for (index, text) in (try optionalStrings(name, count: 1...1_000, length: 1...256) ?? []).enumerated() {
            guard let item = parse(text) else {
                throw JSONError(pointer: "\(pointer)/\(name)/\(index)", reason: "is not known here")
            }
            found.append(item)
        }
        return found
    }
}

extension AuditRecord {
    /// The row as an operator reads it, without the hashes.
    fileprivate func historyJSON(_ names: [AccountID: String]) -> JSON {
        .object([
            "sequence": .integer(sequence), "at": .string(event.at.rfc3339), "kind": .string(event.kind.rawValue),
            "outcome": .string(event.outcome.rawValue), "reason": event.reason.map(JSON.string),
            "performedBy": .string(event.actorKind.performedBy), "actor": event.actor.map { .string($0.text) },
            "actorName": event.actor.flatMap { names[$0] }.map(JSON.string),
            "subject": event.subject.map { .string($0.text) },
            "subjectName": event.subject.flatMap { names[$0] }.map(JSON.string),
            "store": event.store.map { .string($0.text) },
            "action": event.action.map(JSON.string), "type": event.type.map { .string($0.rawValue) },
            "operation": event.operation.map { .string($0.text) },
            "verification": event.verification.map { .string($0.text) }, "source": event.source.map(JSON.string),
            "client": event.client.map(JSON.string), "detail": event.detail.isEmpty ? nil : .object(event.detail),
            "service": .string(event.origin?.service ?? HelpdeskServer.name),
        ])
    }
}
