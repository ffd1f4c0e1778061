import Model
import StrictJSON

/// The wire form of a row in the event feed. It is exact: a reader can compute the hash again from it.
extension AuditRecord {
    /// The row as a JSON object; absent fields are left out, times have microseconds, hashes are hexadecimal.
    public var json: JSON {
        .object([
            "sequence": .integer(sequence),
            "at": .string(exactTime(event.at)),
            "kind": .string(event.kind.rawValue),
            "outcome": .string(event.outcome.rawValue),
            "reason": event.reason.map { .string($0) },
            "actorKind": .string(event.actorKind.rawValue),
            "actor": event.actor.map { .string($0.text) },
            "subject": event.subject.map { .string($0.text) },
            "store": event.store.map { .string($0.text) },
            "action": event.action.map { .string($0) },
            "type": event.type.map { .string($0.rawValue) },
            "operation": event.operation.map { .string($0.text) },
            "verification": event.verification.map { .string($0.text) },
            "session": event.session.map { .string($0.text) },
            "source": event.source.map { .string($0) },
            "client": event.client.map { .string($0) },
            "detail": event.detail.isEmpty ? nil : .object(event.detail),
            "origin": event.origin.map {
                .object(["service": .string($0.service), "sequence": .integer($0.sequence)])
            },
            "previousHash": .string(hexadecimal(previousHash)),
            "hash": .string(hexadecimal(hash)),
        ])
    }

    /// Reads the wire form, strictly.
    public init(json: JSON, pointer: String = "") throws(JSONError) {
        var reader = try JSONObjectReader(json, pointer: pointer)
        sequence = try reader.integer("sequence", in: 1...Int64.max)
        event = try AuditEvent(&reader)
        previousHash = try reader.parsed("previousHash", parseHash)
        hash = try reader.parsed("hash", parseHash)
        try reader.finish()
    }
}

extension AuditEvent {
    fileprivate init(_ reader: inout JSONObjectReader) throws(JSONError) {
        self.init(
            try reader.parsed("kind") { AuditKind(rawValue: $0) },
            try reader.parsed("outcome") { AuditOutcome(rawValue: $0) },
            by: try reader.parsed("actorKind") { AuditActorKind(rawValue: $0) },
            try reader.optionalParsed("actor") { AccountID($0) },
            at: try reader.parsed("at") { Timestamp(rfc3339: $0) })
        reason = try reader.optionalString("reason")
        subject = try reader.optionalParsed("subject") { AccountID($0) }
        store = try reader.optionalParsed("store") { StoreID($0) }
        action = try reader.optionalString("action")
        type = try reader.optionalParsed("type") { AuthenticationType(rawValue: $0) }
        operation = try reader.optionalParsed("operation") { OperationID($0) }
        verification = try reader.optionalParsed("verification") { VerificationID($0) }
        session = try reader.optionalParsed("session") { SessionID($0) }
        source = try reader.optionalString("source")
        client = try reader.optionalString("client", length: 0...256)
        let members = reader.value("detail")
        if let members {
            guard let members = members.objectValue else { throw reader.error("detail", "is not an object") }
            detail = members
        }
        if var origin = try reader.optionalObject("origin") {
            self.origin = AuditOrigin(
                service: try origin.string("service"), sequence: try origin.integer("sequence", in: 1...Int64.max))
            try origin.finish()
        }
    }
}

/// RFC 3339 with microseconds, the precision that was hashed.
func exactTime(_ moment: Timestamp) -> String {
    let fraction = String(moment.microseconds - moment.seconds * 1_000_000)
    let whole = moment.rfc3339.utf8.dropLast(5)
    return (String(whole) ?? "") + "." + String(repeating: "0", count: max(0, 6 - fraction.utf8.count)) + fraction + "Z"
}

/// Two lowercase digits a byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// A hash of 32 bytes from 64 lowercase digits; `nil` for anything else.
func parseHash(_ text: String) -> [UInt8]? {
    let digits = Array("0123456789abcdef".utf8)
    let values = text.utf8.compactMap { digits.firstIndex(of: $0) }
    guard values.count == 64, text.utf8.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
}
