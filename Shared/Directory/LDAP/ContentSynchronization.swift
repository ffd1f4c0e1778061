/// The controls and messages of RFC 4533.
enum ContentSynchronization {
    static let request = "1.3.6.1.4.1.4203.1.9.1.1"
    private static let stateID = "1.3.6.1.4.1.4203.1.9.1.2"
    private static let doneID = "1.3.6.1.4.1.4203.1.9.1.3"
    private static let infoID = "1.3.6.1.4.1.4203.1.9.1.4"

    /// Asks for what has changed since the cookie, and then for the end (§2.2, refreshOnly).
    static func request(cookie: [UInt8]?) -> LDAPControl {
        let encoder = BEREncoder()
        encoder.sequence { encoder in
            encoder.enumerated(1)
            if let cookie { encoder.octets(cookie) }
        }
        return LDAPControl(request, value: encoder.bytes, isCritical: true)
    }

    /// What happened to an entry (§2.3).
    enum State: Int, Sendable {
        case present, add, modify, delete
    }

    /// The state of an entry and its id; `nil` when it has none, which only an entry of another search has.
    static func state(of entry: LDAPEntry) throws(BERError) -> (state: State, id: String)? {
        guard let value = entry.controls[stateID]?.value else { return nil }
        let decoder = try BERDecoder(value).nested()
        guard let state = State(rawValue: try decoder.integer()), let id = uuid(try decoder.octets()) else {
            throw BERError()
        }
        return (state, id)
    }

    /// A message between entries (§2.5).
    enum Info: Sendable, Equatable {
        /// Entries told of by id alone: gone, or there as they were.
        case ids([String], areGone: Bool)
        /// All that is there was named; whatever was not named is gone.
        case presentEnded
        /// Nothing that matters to a reader that waits for the end.
        case other
    }

    /// Reads a message; `other` when it is not of this kind.
    static func info(id: String, value: [UInt8]) throws(BERError) -> Info {
        guard id == infoID else { return .other }
        let outer = try BERDecoder(value)
        switch outer.nextTag {
        case BERTag.constructed(2): return .presentEnded
        case BERTag.constructed(3):
            let set = try outer.nested()
            if set.nextTag == BERTag.octetString { _ = try set.octets() }
            let areGone = set.nextTag == BERTag.boolean ? try set.boolean() : false
            let members = try set.nested()
            var ids: [String] = []
            while members.nextTag != nil {
                guard let id = uuid(try members.octets()) else { throw BERError() }
                ids.append(id)
            }
            return .ids(ids, areGone: areGone)
        default: return .other
        }
    }

    /// The end of a run (§2.4).
    struct Done: Sendable {
        /// Where the next run begins; empty when the server gives none.
        var cookie: [UInt8] = []
        /// Whether every entry that is gone was named.
        var namedDeletes = false
    }

    /// Reads the control of a result.
    static func done(_ controls: [LDAPControl]) throws(BERError) -> Done {
        var done = Done()
        guard let value = controls[doneID]?.value else { return done }
        let decoder = try BERDecoder(value).nested()
        if decoder.nextTag == BERTag.octetString { done.cookie = try decoder.octets() }
        if decoder.nextTag == BERTag.boolean { done.namedDeletes = try decoder.boolean() }
        return done
    }

    /// An id as the attribute `entryUUID` writes it (RFC 4530); `nil` unless it has 16 bytes.
    private static func uuid(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 16 else { return nil }
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [hexDigit(byte >> 4), hexDigit(byte & 0xF)]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
