import Audit
import Export
import Model
import StrictJSON

/// The history as a table: a row for each row of the chain.
enum HistoryTable {
    static let layout = TableLayout(
        title: "History", root: "history", row: "event",
        columns: [
            .init("at", "At"), .init("kind", "Kind"), .init("outcome", "Outcome"), .init("reason", "Reason"),
            .init("performedBy", "Performed By"), .init("actor", "Actor"), .init("subject", "Subject"),
            .init("store", "Store"), .init("action", "Action"), .init("type", "Type"), .init("address", "Address"),
            .init("client", "Client"), .init("operation", "Operation"), .init("verification", "Verification"),
            .init("service", "Service"), .init("sequence", "Number"), .init("detail", "Detail"),
        ])

    static func cells(of record: AuditRecord) -> [String] {
        let event = record.event
        let detail = event.detail.isEmpty ? "" : String(decoding: JSON.object(event.detail).serialized(), as: UTF8.self)
        return [
            event.at.rfc3339, event.kind.rawValue, event.outcome.rawValue, event.reason ?? "",
            event.actorKind.performedBy, event.actor?.text ?? "", event.subject?.text ?? "", event.store?.text ?? "",
            event.action ?? "", event.type?.rawValue ?? "", event.source ?? "", event.client ?? "",
            event.operation?.text ?? "", event.verification?.text ?? "", event.origin?.service ?? HelpdeskServer.name,
            String(record.sequence), detail,
        ]
    }
}

extension AuditActorKind {
    /// The word of the history's filter *performed by* (H1).
    var performedBy: String {
        switch self {
        case .endUser: "endUser"
        case .operator: "helpdesk"
        case .service: "service"
        case .system: "system"
        }
    }

    /// Reads it; `nil` for any other word.
    init?(performedBy text: String) {
        guard let kind = AuditActorKind.allCases.first(where: { $0.performedBy == text }) else { return nil }
        self = kind
    }
}
