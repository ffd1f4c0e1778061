import Audit
import Model
import Observability

/// Every row of a service's history as a line of its log, once it is on disk, so that whatever collects the logs has a
/// copy that nobody with the database can bend (AU-04). Rows copied from another service are in that one's log.
enum AuditLines {
    static func sink(_ log: Log) -> @Sendable ([AuditRecord]) -> Void {
        { records in
            for record in records where record.event.origin == nil { write(record, log) }
        }
    }

    private static func write(_ record: AuditRecord, _ log: Log) {
        let event = record.event
        log.info(
            "audit.row",
            [
                "sequence": LogValue(record.sequence), "at": LogValue(event.at), "kind": LogValue(event.kind.rawValue),
                "outcome": LogValue(event.outcome.rawValue), "reason": LogValue(event.reason),
                "actorKind": LogValue(event.actorKind.rawValue), "actor": LogValue(event.actor?.text),
                "subject": LogValue(event.subject?.text), "action": LogValue(event.action),
                "type": LogValue(event.type?.rawValue), "operation": LogValue(event.operation?.text),
                "verification": LogValue(event.verification?.text), "session": LogValue(event.session?.text),
                "source": LogValue(event.source),
                "hash": LogValue(Base64URL.encode(record.hash)),
            ])
    }
}
