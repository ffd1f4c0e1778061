import Model
import SQL

/// The SQL of `audit_counts`: how many rows of each combination there are, ever, in each day and in each hour. It is
/// written in the transaction of the rows, so what it says is what a list finds.
enum AuditCounts {
    /// Rows of a combination that came or went, at times of one hour.
    struct Cell: Hashable {
        let combination: AuditCombination
        let hour: Int64

        init(_ combination: AuditCombination, hour: Int64) {
            (self.combination, self.hour) = (combination, hour)
        }

        init(_ row: AuditRow) {
            self.init(AuditCombination(row), hour: AuditSpan.start(of: row.at, AuditSpan.hour))
        }
    }

    /// Counts the rows that are there.
    static func filling(_ span: Int64) -> String {
        let names = AuditCombination.columns
        let start = span == AuditSpan.always ? "0" : startOf(span)
        return """
            INSERT INTO audit_counts (span, start, \(columns), events)
            SELECT \(span), start, \(columns), count(*) FROM (SELECT \(start) AS start, \(
                names.map { "coalesce(\($0), '') AS \($0)" }.joined(separator: ", ")) FROM audit) AS spans
            GROUP BY start, \(columns)
            """
    }

    private static func startOf(_ span: Int64) -> String { "at - ((at % \(span)) + \(span)) % \(span)" }

    /// How many rows of each combination a filter lets through. Only its time, stores, kinds, outcomes, types, parts and
    /// action are looked at.
    static func rows(_ filter: AuditFilter, _ connection: any Connection) throws(DatabaseError)
        -> [AuditCombination: Int]
    {
        var found: [AuditCombination: Int] = [:]
        for part in AuditSpan.parts(from: filter.from?.microseconds, until: filter.until?.microseconds) {
            for row in try rows(filter, part, connection) {
                let count = Int(try row.integer(AuditCombination.columns.count))
                found[try AuditCombination(row, from: 0), default: 0] += count
            }
        }
        return found
    }

    private static func rows(
        _ filter: AuditFilter, _ part: AuditSpan.Part, _ connection: any Connection
    ) throws(DatabaseError) -> [Row] {
        var filter = filter.withoutPeople
        (filter.from, filter.until) = (nil, nil)
        switch part {
        case .spans(let span, let range):
            var query = AuditQuery(filter)
            query.within(span: span, from: range.lowerBound, until: range.upperBound)
            return try connection.query(
                "SELECT \(columns), CAST(sum(events) AS \(integer(connection))) FROM audit_counts\(query.condition) "
                    + "GROUP BY \(columns)", query.values)
        case .rows(let range):
            filter.from = Timestamp(microseconds: range.lowerBound)
            filter.until = Timestamp(microseconds: range.upperBound)
            let query = AuditQuery(filter)
            return try connection.query(
                "SELECT \(columns), count(*) FROM audit\(query.condition) GROUP BY \(columns)", query.values)
        }
    }

    /// The cells of all rows up to a number.
    static func cells(through sequence: Int64, _ connection: any Connection) throws(DatabaseError) -> [Cell: Int64] {
        var cells: [Cell: Int64] = [:]
        let hour = startOf(AuditSpan.hour)
        let rows = try connection.query(
            "SELECT \(columns), \(hour), count(*) FROM audit WHERE sequence <= $1 GROUP BY \(columns), \(hour)",
            [.integer(sequence)])
        let first = AuditCombination.columns.count
        for row in rows {
            let cell = Cell(try AuditCombination(row, from: 0), hour: try row.integer(first))
            cells[cell, default: 0] += try row.integer(first + 1)
        }
        return cells
    }

    /// Writes what came and went.
    static func add(_ changes: [Cell: Int64], _ connection: any Connection) throws(DatabaseError) {
        for span in [AuditSpan.always, AuditSpan.day, AuditSpan.hour] {
            var sums: [Cell: Int64] = [:]
            for (cell, count) in changes {
                sums[Cell(cell.combination, hour: AuditSpan.start(of: cell.hour, span)), default: 0] += count
            }
            for (cell, count) in sums where count != 0 { try add(count, span, cell, connection) }
        }
    }

    private static func add(
        _ count: Int64, _ span: Int64, _ cell: Cell, _ connection: any Connection
    ) throws(DatabaseError) {
        let key = [.integer(span), .integer(cell.hour)] + cell.combination.values.map(SQLValue.text)
        try connection.execute(
            """
            INSERT INTO audit_counts (span, start, \(columns), events) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (span, start, \(columns)) DO UPDATE SET events = audit_counts.events + excluded.events
            """, key + [.integer(count)])
        guard count < 0 else { return }
        try connection.execute(
            """
            DELETE FROM audit_counts WHERE span = $1 AND start = $2 AND kind = $3 AND outcome = $4 AND type = $5
                AND store = $6 AND actor_kind = $7 AND action = $8 AND events = 0
            """, key)
    }

    private static let columns = AuditCombination.columns.joined(separator: ", ")

    /// PostgreSQL's sum of whole numbers is no whole number.
    private static func integer(_ connection: any Connection) -> String {
        connection.dialect == .postgres ? "BIGINT" : "INTEGER"
    }
}

extension AuditFilter {
    /// What is left of it without people, operations and devices.
    var withoutPeople: AuditFilter {
        var rest = AuditFilter()
        (rest.kinds, rest.outcomes, rest.types) = (kinds, outcomes, types)
        (rest.stores, rest.actorKinds, rest.action) = (stores, actorKinds, action)
        (rest.from, rest.until) = (from, until)
        return rest
    }
}
