import Model
import SQL

/// One page of the history, newest first.
public struct AuditPage: Sendable, Equatable {
    /// The rows. A page may have fewer than were asked for, even none, and still be followed by another: looking for rare
    /// rows ends after `AuditSearch.patience`.
    public let records: [AuditRecord]
    /// Where older rows go on; `nil` at the end.
    public let next: AuditPosition?
    /// Where newer rows go on; `nil` on the first page.
    public let previous: AuditPosition?

    /// A page of its parts.
    public init(records: [AuditRecord], next: AuditPosition?, previous: AuditPosition?) {
        self.records = records
        self.next = next
        self.previous = previous
    }
}

/// How many rows a filter lets through.
public struct AuditTotal: Sendable, Equatable {
    /// So many, at least.
    public let count: Int
    /// Whether there are no more than that.
    public let isExact: Bool

    /// A number.
    public init(count: Int, isExact: Bool) {
        self.count = count
        self.isExact = isExact
    }
}

/// Looks for rows of a chain of millions, in time that does not grow with it.
///
/// Accounts, operations and verifications have indexes of their own. Everything else a filter compares is a combination
/// (`AuditCombination`), and `AuditCounts` knows which of them there are within the filter's time: where the latest rows do
/// not fill a page, each combination that is let through is one walk along an index in the order of the history, and the
/// walks are merged. A text in the device, and a filter that lets through very many combinations, is compared row by row
/// in the order of time, in stretches, and the search ends after so many rows, found or not: the page then says where to
/// go on.
public struct AuditSearch {
    /// Rows that are looked at for a page without an index that helps.
    public static let patience = 100_000
    /// Rows of a stretch.
    private static let stretch = 10_000
    /// More walks than this are not merged.
    private static let mostWalks = 300

    private let filter: AuditFilter
    private let connection: any Connection
    private let patience: Int

    /// A search; all of its answers are of the connection's snapshot.
    public init(_ filter: AuditFilter, _ connection: any Connection, patience: Int = AuditSearch.patience) {
        self.filter = filter
        self.connection = connection
        self.patience = patience
    }

    /// The rows before or after a place, newest first in either case.
    ///
    /// - Parameters:
    ///   - position: the row at the edge of the page one comes from; `nil` for the first page.
    ///   - isForward: to older rows.
    ///   - limit: at most this many, 1 to 5,000.
    public func page(
        from position: AuditPosition? = nil, isForward: Bool = true, limit: Int
    ) throws(DatabaseError) -> AuditPage {
        let limit = min(max(limit, 1), 5_000)
        let found = try positions(from: position, isForward, limit: limit + 1)
        let isMore = found.places.count > limit
        let shown = Array(found.places.prefix(limit))
        let onward = isMore ? shown.last : found.resume
        let back = position == nil ? nil : shown.first ?? position
        return AuditPage(
            records: try records(isForward ? shown : shown.reversed()), next: isForward ? onward : back,
            previous: isForward ? back : onward)
    }

    /// How many rows there are: exactly, where they are counted already; otherwise counting stops at the bound, and where
    /// it would take long.
    public func total(atMost bound: Int) throws(DatabaseError) -> AuditTotal {
        if AuditWalk.ofPeople(filter) == nil, filter.device == nil {
            let rows = try AuditCounts.rows(filter, connection)
            return AuditTotal(count: rows.values.reduce(0, +), isExact: true)
        }
        let found = try positions(from: nil, true, limit: bound + 1)
        let count = min(found.places.count, bound)
        return AuditTotal(count: count, isExact: found.places.count <= bound && found.resume == nil)
    }

    private typealias Found = (places: [AuditPosition], resume: AuditPosition?)

    private func positions(
        from position: AuditPosition?, _ isForward: Bool, limit: Int
    ) throws(DatabaseError) -> Found {
        if let walks = AuditWalk.ofPeople(filter) { return try merged(walks, from: position, isForward, limit: limit) }
        guard filter.device == nil else { return try inOrder(from: position, isForward, limit: limit, patience) }
        let latest = try inOrder(from: position, isForward, limit: limit, min(patience, max(2_000, limit * 20)))
        guard latest.resume != nil else { return latest }
        let combinations = try AuditCounts.rows(filter, connection).keys
        guard combinations.count <= Self.mostWalks else {
            return try inOrder(from: position, isForward, limit: limit, patience)
        }
        return try merged(AuditWalk.of(Array(combinations), filter), from: position, isForward, limit: limit)
    }

    private func merged(
        _ walks: [AuditWalk], from position: AuditPosition?, _ isForward: Bool, limit: Int
    ) throws(DatabaseError) -> Found {
        var places: Set<AuditPosition> = []
        for walk in walks {
            places.formUnion(try positions(of: walk, from: position, isForward, limit: limit))
        }
        let order = places.sorted { isForward ? $1 < $0 : $0 < $1 }
        return (Array(order.prefix(limit)), nil)
    }

    /// Stretch after stretch until there are enough rows, or no more, or patience ends.
    private func inOrder(
        from position: AuditPosition?, _ isForward: Bool, limit: Int, _ patience: Int
    ) throws(DatabaseError) -> Found {
        var (places, start, looked): ([AuditPosition], AuditPosition?, Int) = ([], position, 0)
        while places.count < limit {
            guard looked < patience else { return (places, start) }
            let size = min(Self.stretch, patience)
            let end = try edge(after: start, isForward, size)
            let walk = AuditWalk(term: nil, filter: filter)
            places += try positions(of: walk, from: start, to: end, isForward, limit: limit - places.count)
            guard let end else { break }
            start = end
            looked += size
        }
        return (places, nil)
    }

    /// The last row of the stretch that begins after a place, within the filter's time; `nil` when fewer rows are left.
    private func edge(
        after position: AuditPosition?, _ isForward: Bool, _ size: Int
    ) throws(DatabaseError) -> AuditPosition? {
        var time = AuditFilter()
        (time.from, time.until) = (filter.from, filter.until)
        let walk = AuditWalk(term: nil, filter: time)
        var query = AuditQuery(bounded(time, from: position, to: nil, isForward))
        if let position { query.goOn(from: position, isForward) }
        let offset = query.bind(SQLValue(size - 1))
        return try connection.queryOne(
            "SELECT at, sequence FROM audit\(query.condition) \(walk.order(isForward)) LIMIT 1 OFFSET \(offset)",
            query.values
        ).map { (row) throws(DatabaseError) in try AuditPosition(row) }
    }

    private func positions(
        of walk: AuditWalk, from position: AuditPosition?, to end: AuditPosition? = nil, _ isForward: Bool, limit: Int
    ) throws(DatabaseError) -> [AuditPosition] {
        var query = AuditQuery(bounded(walk.filter, from: position, to: end, isForward))
        if let term = walk.term { query.add(term) }
        if let position { query.goOn(from: position, isForward) }
        if let end { query.end(at: end, isForward) }
        let places = query.bind(SQLValue(limit))
        return try connection.query(
            "SELECT at, sequence FROM audit\(query.condition) \(walk.order(isForward)) LIMIT \(places)", query.values
        ).map { (row) throws(DatabaseError) in try AuditPosition(row) }
    }

    /// The filter with its time narrowed to the places: engines begin an index at a bound of its column, not at one of
    /// two columns together, and would walk over every page before.
    private func bounded(
        _ filter: AuditFilter, from position: AuditPosition?, to end: AuditPosition?, _ isForward: Bool
    ) -> AuditFilter {
        var filter = filter
        let (newest, oldest) = isForward ? (position, end) : (end, position)
        if let newest {
            let after = newest.at.microseconds.addingReportingOverflow(1)
            if !after.overflow {
                let bound = Timestamp(microseconds: after.partialValue)
                filter.until = filter.until.map { $0.microseconds < bound.microseconds ? $0 : bound } ?? bound
            }
        }
        if let oldest {
            filter.from = filter.from.map { $0.microseconds > oldest.at.microseconds ? $0 : oldest.at } ?? oldest.at
        }
        return filter
    }

    /// The whole rows, in the order of their places.
    private func records(_ places: [AuditPosition]) throws(DatabaseError) -> [AuditRecord] {
        var found: [Int64: AuditRecord] = [:]
        for start in stride(from: 0, to: places.count, by: 256) {
            let part = places[start..<min(start + 256, places.count)]
            // Padded to a few sizes, so that there are few statements to prepare and keep.
            let size = part.count > 64 ? 256 : part.count > 16 ? 64 : 16
            let marks = (1...size).map { "$\($0)" }.joined(separator: ", ")
            let values = part.map { SQLValue.integer($0.sequence) } + Array(repeating: .null, count: size - part.count)
            for row in try connection.query(
                "SELECT \(AuditRow.columns) FROM audit WHERE sequence IN (\(marks))", values)
            {
                let record = try AuditRow(row).record()
                found[record.sequence] = record
            }
        }
        return places.compactMap { found[$0.sequence] }
    }
}

extension AuditPosition: Comparable {
    /// Whether one happened before the other.
    public static func < (left: AuditPosition, right: AuditPosition) -> Bool {
        (left.at.microseconds, left.sequence) < (right.at.microseconds, right.sequence)
    }

    fileprivate init(_ row: Row) throws(DatabaseError) {
        self.init(at: try row.timestamp(0), sequence: try row.integer(1))
    }
}
