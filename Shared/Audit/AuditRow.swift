import Model
import SQL
import StrictJSON

/// One row as the database holds it, before anybody asks whether it makes sense: what is hashed and verified.
struct AuditRow: Sendable, Equatable {
    var sequence: Int64
    var at: Int64
    var kind: String
    var outcome: String
    var actorKind: String
    /// The optional texts, in the order of `textColumns`.
    var texts: [String?]
    var detail: String
    var originService: String?
    var originSequence: Int64?
    var previousHash: [UInt8]
    var hash: [UInt8]

    static let textColumns = [
        "reason", "actor", "subject", "store", "action", "type", "operation", "verification", "session", "source",
        "client",
    ]
    static let columns =
        (["sequence", "at", "kind", "outcome", "actor_kind"] + textColumns
        + ["detail", "origin_service", "origin_sequence", "previous_hash", "hash"]).joined(separator: ", ")
    static let columnCount = 5 + textColumns.count + 5

    /// A new row of an event, not hashed yet.
    init(_ event: AuditEvent, sequence: Int64, previousHash: [UInt8]) {
        self.sequence = sequence
        at = event.at.microseconds
        kind = event.kind.rawValue
        outcome = event.outcome.rawValue
        actorKind = event.actorKind.rawValue
        texts = [
            event.reason, event.actor?.text, event.subject?.text, event.store?.text, event.action,
            event.type?.rawValue, event.operation?.text, event.verification?.text, event.session?.text, event.source,
            event.client,
        ]
        detail = String(decoding: JSON.object(event.detail).serialized(), as: UTF8.self)
        originService = event.origin?.service
        originSequence = event.origin?.sequence
        self.previousHash = previousHash
        hash = []
    }

    /// A row of `columns`.
    init(_ row: Row) throws(DatabaseError) {
        sequence = try row.integer(0)
        at = try row.integer(1)
        kind = try row.text(2)
        outcome = try row.text(3)
        actorKind = try row.text(4)
        texts = []
        for column in Self.textColumns.indices { texts.append(try row.optionalText(5 + column)) }
        let next = 5 + Self.textColumns.count
        detail = try row.text(next)
        originService = try row.optionalText(next + 1)
        originSequence = try row.optionalInteger(next + 2)
        previousHash = try row.blob(next + 3)
        hash = try row.blob(next + 4)
    }

    /// The values of `columns`.
    var values: [SQLValue] {
        [.integer(sequence), .integer(at), .text(kind), .text(outcome), .text(actorKind)]
            + texts.map { SQLValue($0) }
            + [
                .text(detail), SQLValue(originService), SQLValue(originSequence), .blob(previousHash), .blob(hash),
            ]
    }

    /// The row in our words. Throws `unexpectedValue` where a text is none we ever wrote.
    func record() throws(DatabaseError) -> AuditRecord {
        guard let kind = AuditKind(rawValue: kind), let outcome = AuditOutcome(rawValue: outcome),
            let actorKind = AuditActorKind(rawValue: actorKind), texts.count == Self.textColumns.count
        else { throw .unexpectedValue("audit row \(sequence)") }
        var event = AuditEvent(kind, outcome, by: actorKind, at: Timestamp(microseconds: at))
        event.reason = texts[0]
        event.actor = try parsed(1) { AccountID($0) }
        event.subject = try parsed(2) { AccountID($0) }
        event.store = try parsed(3) { StoreID($0) }
        event.action = texts[4]
        event.type = try parsed(5) { AuthenticationType(rawValue: $0) }
        event.operation = try parsed(6) { OperationID($0) }
        event.verification = try parsed(7) { VerificationID($0) }
        event.session = try parsed(8) { SessionID($0) }
        event.source = texts[9]
        event.client = texts[10]
        event.detail = try detailMembers()
        if let originService, let originSequence {
            event.origin = AuditOrigin(service: originService, sequence: originSequence)
        }
        return AuditRecord(sequence: sequence, event: event, previousHash: previousHash, hash: hash)
    }

    private func parsed<T>(_ index: Int, _ convert: (String) -> T?) throws(DatabaseError) -> T? {
        guard let text = texts[index] else { return nil }
        guard let value = convert(text) else {
            throw .unexpectedValue("audit row \(sequence), \(Self.textColumns[index])")
        }
        return value
    }

    private func detailMembers() throws(DatabaseError) -> [JSONMember] {
        guard let value = try? JSON.parse(Array(detail.utf8)), let members = value.objectValue else {
            throw .unexpectedValue("audit row \(sequence), detail")
        }
        return members
    }
}
