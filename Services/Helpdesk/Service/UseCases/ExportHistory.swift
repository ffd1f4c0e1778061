import Audit
import Export
import Model
import Policy
import StrictJSON
import Web

/// Sends the history of the role's stores as a file (H3).
struct ExportHistory: Sendable {
    let collaborators: Collaborators

    private static let pageSize = 1_000

    /// - Parameter name: only rows about or by whoever the list of users finds by it; `nil`: no matter.
    func run(
        _ filter: AuditFilter, name: String?, _ format: ExportFormat, for desk: DeskOperator
    ) async throws -> Response {
        var filter = filter
        do throws(HelpdeskError) {
            try ReadHistory.limit(&filter, to: desk)
        } catch {
            try await RecordRefusal(collaborators: collaborators).run(
                .storeOutOfScope, of: "exportHistory", on: nil, by: desk.person)
            throw error
        }
        if let name {
            filter.accounts = try await ReadHistory(collaborators: collaborators).accounts(named: name, desk)
        }
        // No account at all would mean everybody's rows.
        let isNobody = name != nil && filter.accounts.isEmpty
        let (collaborators, scoped) = (collaborators, filter)
        let download = Download<AuditPosition>(
            collaborators: collaborators,
            subject: ExportSubject(name: "history", layout: HistoryTable.layout, detail: Self.detail(of: filter)),
            format: format, person: desk.person
        ) { position in
            guard !isNobody else { return ExportPage(rows: [], next: nil) }
            let page = try await collaborators.database.read { connection in
                try AuditSearch(scoped, connection).page(from: position, limit: Self.pageSize)
            }
            return ExportPage(rows: page.records.map(HistoryTable.cells), next: page.next)
        }
        return try await download.response()
    }

    private static func detail(of filter: AuditFilter) -> [JSONMember] {
        func list(_ name: String, _ texts: [String]) -> [JSONMember] {
            texts.isEmpty ? [] : [JSONMember(name: name, value: .array(texts.sorted().map(JSON.string)))]
        }
        return list("stores", filter.stores.map(\.text)) + list("kinds", filter.kinds.map(\.rawValue))
            + list("types", filter.types.map(\.rawValue)) + list("outcomes", filter.outcomes.map(\.rawValue))
            + list("performedBy", filter.actorKinds.map(\.performedBy))
            + list("from", [filter.from].compactMap { $0?.rfc3339 })
            + list("to", [filter.until].compactMap { $0?.rfc3339 })
    }
}
