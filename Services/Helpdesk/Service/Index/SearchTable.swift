import Model
import SQL

/// The SQL of searching `indexed_accounts`.
///
/// SQLite is told which index to use (`INDEXED BY`, `MATCH`), PostgreSQL which ways not to take: what is cheap is known
/// here, from the counts, and only guessed at there.
struct SearchTable {
    let filter: AccountFilter
    let connection: any Connection

    /// Accounts with all these trigrams that match, from a position on, nearest first.
    func accounts(with grams: [Int64], from position: AccountPosition?, limit: Int) throws -> [FoundAccount] {
        try avoid(["seqscan", "indexscan"])
        var sql = SQLText("SELECT a.id FROM ")
        match(grams, &sql)
        restrict(&sql, from: position, "a")
        order(&sql, by: position, limit: limit, "a")
        return try accounts(chosenBy: sql)
    }

    /// How many match: of those with the trigrams, or, where nearly everybody has them, of everybody.
    func count(with grams: [Int64]?) throws -> Int {
        var sql = SQLText("SELECT count(*) FROM ")
        if let grams { match(grams, &sql) } else { sql.add("indexed_accounts a \(inOrder) WHERE a.present = 1") }
        restrict(&sql, from: nil, "a")
        return try connection.query(sql.text, sql.parameters).first.map { Int(try $0.integer(0)) } ?? 0
    }

    /// Accounts that are enrolled with exactly one of these sets of types, from a position on, nearest first.
    func accounts(
        enrolledWith types: [Int64], from position: AccountPosition?, limit: Int
    ) throws -> [FoundAccount] {
        let index = connection.dialect == .sqlite ? "INDEXED BY indexed_accounts_types" : ""
        var sql = SQLText("SELECT a.id FROM indexed_accounts a \(index) WHERE a.present = 1 AND a.types IN (")
        sql.values(types.map { .integer($0) })
        sql.add(")")
        restrict(&sql, from: position, "a")
        order(&sql, by: position, limit: limit, "a")
        return try accounts(chosenBy: sql)
    }

    /// Accounts that match, in order from a position on; looked for among so many rows, where there is a budget.
    func accountsInOrder(from position: AccountPosition?, limit: Int, within budget: Int?) throws -> [FoundAccount] {
        try avoid(["seqscan", "bitmapscan", "sort"])
        guard let budget else {
            var sql = SQLText("SELECT a.id FROM indexed_accounts a \(inOrder) WHERE a.present = 1")
            restrict(&sql, from: position, "a")
            order(&sql, by: position, limit: limit, "a")
            return try accounts(chosenBy: sql)
        }
        var sql = SQLText("SELECT a.id FROM (SELECT id, store, types, text FROM indexed_accounts r \(inOrder)")
        sql.add(" WHERE r.present = 1")
        compare(&sql, position, "r")
        order(&sql, by: position, limit: budget, "r")
        sql.add(") a WHERE 1 = 1")
        restrict(&sql, from: nil, "a")
        // Not ordered once more: both engines hand the rows on as they come, and stop at the last one wanted.
        sql.add(" LIMIT ")
        sql.value(SQLValue(limit))
        return try accounts(chosenBy: sql)
    }

    var inOrder: String {
        switch connection.dialect {
        case .sqlite: "INDEXED BY indexed_accounts_order"
        case .postgres: ""
        }
    }

    /// The rows of what a statement chooses, in the order it chooses them.
    ///
    /// Two statements: what keeps PostgreSQL's planner on the right way to the ids made it walk all accounts, in their
    /// order, to find those of one page.
    private func accounts(chosenBy chosen: SQLText) throws -> [FoundAccount] {
        let ids = try connection.query(chosen.text, chosen.parameters).map { try $0.integer(0) }
        guard !ids.isEmpty else { return [] }
        let list = ids.map(String.init).joined(separator: ",")
        let (those, value) =
            switch connection.dialect {
            case .sqlite: ("IN (SELECT value FROM json_each($1))", "[\(list)]")
            case .postgres: ("= ANY (CAST($1 AS bigint[]))", "{\(list)}")
            }
        let sql = "SELECT id, store, entry, types, read_at, \(IndexedAccount.columns) FROM indexed_accounts WHERE id "
        var found: [Int64: FoundAccount] = [:]
        for row in try connection.query(sql + those, [.text(value)]) {
            let store = try row.parsed(1) { StoreID($0) }
            let id = try row.parsed(2) { AccountID(store: store, entry: $0) }
            found[try row.integer(0)] = FoundAccount(
                account: try IndexedAccount(id, row, from: 5), types: try row.integer(3),
                readAt: try row.timestamp(4))
        }
        return ids.compactMap { found[$0] }
    }

    /// The source of candidates: whoever has the trigrams, in SQLite; in PostgreSQL the comparison itself uses them.
    private func match(_ grams: [Int64], _ sql: inout SQLText) {
        switch connection.dialect {
        case .sqlite:
            sql.add("indexed_accounts_text t CROSS JOIN indexed_accounts a ON a.id = t.rowid ")
            sql.add("WHERE indexed_accounts_text MATCH ")
            sql.value(.text(grams.map { quoted(Gram.text($0)) }.joined(separator: " AND ")))
        case .postgres: sql.add("indexed_accounts a WHERE a.present = 1")
        }
    }

    /// What has to be true of a row, after a first condition.
    func restrict(_ sql: inout SQLText, from position: AccountPosition?, _ table: String) {
        sql.add(" AND \(table).store IN (")
        sql.values(filter.stores.map { SQLValue($0) })
        sql.add(")")
        for pattern in filter.patterns {
            switch connection.dialect {
            case .sqlite:
                sql.add(" AND instr(\(table).text, ")
                sql.value(.text(pattern))
                sql.add(") > 0")
            case .postgres:
                sql.add(" AND \(table).text LIKE ")
                sql.value(.text("%" + likeEscaped(pattern) + "%"))
            }
        }
        if filter.enrolledWith != 0 {
            sql.add(" AND (\(table).types & ")
            sql.value(.integer(filter.enrolledWith))
            sql.add(") <> 0")
        }
        if filter.notEnrolledWith != 0 {
            sql.add(" AND (\(table).types & ")
            sql.value(.integer(filter.notEnrolledWith))
            sql.add(") = 0")
        }
        compare(&sql, position, table)
    }

    private func compare(_ sql: inout SQLText, _ position: AccountPosition?, _ table: String) {
        guard let position else { return }
        let operation = (position.isForward ? ">" : "<") + (position.isInclusive ? "=" : "")
        sql.add(" AND (\(table).sort_key, \(table).store, \(table).entry) \(operation) (")
        sql.values([.text(position.sortKey), .text(position.store), .text(position.entry)])
        sql.add(")")
    }

    func order(_ sql: inout SQLText, by position: AccountPosition?, limit: Int?, _ table: String) {
        let way = position?.isForward == false ? " DESC" : ""
        sql.add(" ORDER BY \(table).sort_key\(way), \(table).store\(way), \(table).entry\(way)")
        guard let limit else { return }
        sql.add(" LIMIT ")
        sql.value(SQLValue(limit))
    }

    /// Ways PostgreSQL's planner shall not take in this transaction, whatever it thinks they cost.
    func avoid(_ ways: [String]) throws {
        guard connection.dialect == .postgres else { return }
        let settings = ["seqscan", "indexscan", "bitmapscan", "sort"].map { way in
            "set_config('enable_\(way)', '\(ways.contains(way) ? "off" : "on")', true)"
        }
        _ = try connection.query("SELECT " + settings.joined(separator: ", "))
    }

    /// Scalar by scalar: a quote with an accent on it is one character, and no quote.
    private func quoted(_ gram: String) -> String {
        "\"" + String(String.UnicodeScalarView(gram.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] })) + "\""
    }

    private func likeEscaped(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { ["%", "_", "\\"].contains($0) ? ["\\", $0] : [$0] }))
    }
}

/// A statement under construction, its values beside it.
struct SQLText {
    private(set) var text: String
    var parameters: [SQLValue] = []

    init(_ text: String) { self.text = text }

    mutating func add(_ more: String) { text += more }

    mutating func value(_ value: SQLValue) {
        parameters.append(value)
        text += "$\(parameters.count)"
    }

    mutating func values(_ values: [SQLValue]) {
        for (index, each) in values.enumerated() {
            if index > 0 { text += ", " }
            value(each)
        }
    }
}
