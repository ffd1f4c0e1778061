import SQL

/// What the filters of the history compare, but for time and people: rows with the same ones stand together in an index, in
/// the order of time.
struct AuditCombination: Sendable, Hashable {
    static let columns = ["kind", "outcome", "type", "store", "actor_kind", "action"]

    /// The values of ``columns``; empty where a row has none.
    let values: [String]

    init(_ row: AuditRow) {
        values = [
            row.kind, row.outcome, row.texts[5] ?? "", row.texts[3] ?? "", row.actorKind, row.texts[4] ?? "",
        ]
    }

    /// Reads them, from a column of a row on.
    init(_ row: Row, from first: Int) throws(DatabaseError) {
        var values: [String] = []
        for column in Self.columns.indices { values.append(try row.optionalText(first + column) ?? "") }
        self.values = values
    }

    var kind: String { values[0] }
    var outcome: String { values[1] }
    var type: String { values[2] }
}
