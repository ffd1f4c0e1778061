import Model
import Policy
import SQL
import StrictJSON

/// The `enrollment_notices` and `notice_addresses` tables.
enum NoticeStore {
    private static let columns = """
        id, operator, recipients, types, includes_enrolled, subject, message, state, total, position, examined, queued,
        sent, failed, left_out, created_at, ended_at
        """

    static func insert(_ notice: EnrollmentNotice, _ connection: any Connection) throws {
        let request = notice.request
        let types = request.terms.types?.map(\.rawValue).sorted().joined(separator: ",")
        _ = try connection.execute(
            "INSERT INTO enrollment_notices (\(columns)) VALUES (\(Places.list(from: 1, count: 17)))",
            [
                SQLValue(notice.id), SQLValue(notice.operatorAccount), .text(text(request.recipients.json)),
                SQLValue(types), SQLValue(request.terms.includesEnrolled), SQLValue(request.subject),
                SQLValue(request.message), .text(notice.state.rawValue), SQLValue(notice.total),
                SQLValue(notice.position?.text), SQLValue(notice.counts.examined), SQLValue(notice.counts.queued),
                SQLValue(notice.counts.sent), SQLValue(notice.counts.failed), .text(text(notice.counts.leftOutJSON)),
                SQLValue(notice.createdAt), SQLValue(notice.endedAt),
            ])
    }

    static func find(_ id: NoticeID, _ connection: any Connection) throws -> EnrollmentNotice? {
        try connection.query("SELECT \(columns) FROM enrollment_notices WHERE id = $1", [SQLValue(id)])
            .first.map(notice)
    }

    /// Those that have not ended, oldest first.
    static func open(_ connection: any Connection) throws -> [EnrollmentNotice] {
        try connection.query(
            "SELECT \(columns) FROM enrollment_notices WHERE ended_at IS NULL ORDER BY created_at, id LIMIT 100"
        ).map(notice)
    }

    /// Moves on from a place, once; `false` when somebody else has, or the notice was stopped.
    static func advance(
        _ notice: EnrollmentNotice, to position: AccountID, _ connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE enrollment_notices SET position = $2
            WHERE id = $1 AND state = 'queuing' AND coalesce(position, '') = $3
            """, [SQLValue(notice.id), .text(position.text), .text(notice.position?.text ?? "")]) == 1
    }

    static func count(_ counts: EnrollmentNotice.Counts, of id: NoticeID, _ connection: any Connection) throws {
        _ = try connection.execute(
            """
            UPDATE enrollment_notices SET examined = $2, queued = $3, sent = $4, failed = $5, left_out = $6 WHERE id = $1
            """,
            [
                SQLValue(id), SQLValue(counts.examined), SQLValue(counts.queued), SQLValue(counts.sent),
                SQLValue(counts.failed), .text(text(counts.leftOutJSON)),
            ])
    }

    /// Goes from one state to the next, once; `false` when it was not in that state.
    static func move(
        _ id: NoticeID, from states: [EnrollmentNotice.State], to state: EnrollmentNotice.State,
        _ connection: any Connection
    ) throws -> Bool {
        let places = Places.list(from: 3, count: states.count)
        return try connection.execute(
            "UPDATE enrollment_notices SET state = $2 WHERE id = $1 AND ended_at IS NULL AND state IN (\(places))",
            [SQLValue(id), .text(state.rawValue)] + states.map { .text($0.rawValue) }) == 1
    }

    /// Nothing more happens to it: its counts are final and its addresses forgotten.
    static func end(_ id: NoticeID, at now: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute(
            "UPDATE enrollment_notices SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
            [SQLValue(id), SQLValue(now)])
        _ = try connection.execute("DELETE FROM notice_addresses WHERE notice = $1", [SQLValue(id)])
    }

    /// Notes that an address gets a message; `false` when it has one already.
    static func claim(_ address: [UInt8], for id: NoticeID, _ connection: any Connection) throws -> Bool {
        try connection.execute(
            "INSERT INTO notice_addresses (notice, address) VALUES ($1, $2) ON CONFLICT (notice, address) DO NOTHING",
            [SQLValue(id), .blob(address)]) == 1
    }

    static func purge(endedBefore moment: Timestamp, _ connection: any Connection) throws {
        _ = try connection.execute("DELETE FROM enrollment_notices WHERE ended_at < $1", [SQLValue(moment)])
    }

    private static func text(_ json: JSON) -> String { String(decoding: json.serialized(), as: UTF8.self) }

    private static func notice(_ row: Row) throws -> EnrollmentNotice {
        let types = try row.optionalText(3).map { text in
            Set(text.split(separator: ",").compactMap { AuthenticationType(rawValue: String($0)) })
        }
        return EnrollmentNotice(
            id: try row.parsed(0) { NoticeID($0) }, operatorAccount: try row.parsed(1) { AccountID($0) },
            request: NoticeRequest(
                recipients: try row.parsed(2) { (try? JSON.parse(Array($0.utf8))).flatMap(UserSelection.init(json:)) },
                terms: NoticeRule.Terms(types: types, includesEnrolled: try row.bool(4)),
                subject: try row.optionalText(5), message: try row.optionalText(6)),
            state: try row.parsed(7) { EnrollmentNotice.State(rawValue: $0) }, total: Int(clamping: try row.integer(8)),
            position: try row.optionalText(9).flatMap { AccountID($0) }, counts: try counts(row),
            createdAt: try row.timestamp(15), endedAt: try row.optionalTimestamp(16))
    }

    private static func counts(_ row: Row) throws -> EnrollmentNotice.Counts {
        var counts = EnrollmentNotice.Counts()
        counts.examined = Int(clamping: try row.integer(10))
        counts.queued = Int(clamping: try row.integer(11))
        counts.sent = Int(clamping: try row.integer(12))
        counts.failed = Int(clamping: try row.integer(13))
        let leftOut = try row.parsed(14) { try? JSON.parse(Array($0.utf8)) }
        for why in NoticeRule.LeftOut.allCases {
            counts.leftOut[why] = leftOut[why.rawValue]?.integerValue.map { Int(clamping: $0) }
        }
        return counts
    }
}

extension EnrollmentNotice.Counts {
    /// Who got no message, by reason.
    var leftOutJSON: JSON {
        .object(
            NoticeRule.LeftOut.allCases.map { why in
                JSONMember(name: why.rawValue, value: .integer(Int64(leftOut[why] ?? 0)))
            })
    }
}

extension UserSelection {
    /// As it is kept.
    fileprivate var json: JSON {
        switch self {
        case .ticked(let users): .object(["users": .array(users.map { .string($0.text) })])
        case .listed(let query, let except):
            .object([
                "stores": .array(query.stores.map { .string($0.text) }), "q": query.text.map(JSON.string),
                "enrolledWith": .array(query.enrolledWith.map { .string($0.rawValue) }),
                "notEnrolledWith": .array(query.notEnrolledWith.map { .string($0.rawValue) }),
                "except": .array(except.map(\.text).sorted().map(JSON.string)),
            ])
        }
    }

    fileprivate init?(json: JSON) {
        func list<Value>(_ name: String, _ convert: (String) -> Value?) -> [Value] {
            json[name]?.arrayValue?.compactMap { $0.stringValue.flatMap(convert) } ?? []
        }
        guard json["users"] == nil else {
            self = .ticked(list("users") { AccountID($0) })
            return
        }
        var query = UserQuery()
        query.stores = list("stores") { StoreID($0) }
        query.text = json["q"]?.stringValue
        query.enrolledWith = list("enrolledWith") { AuthenticationType(rawValue: $0) }
        query.notEnrolledWith = list("notEnrolledWith") { AuthenticationType(rawValue: $0) }
        self = .listed(query, except: Set(list("except") { AccountID($0) }))
    }
}
