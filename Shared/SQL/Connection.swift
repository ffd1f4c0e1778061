/// Statements of one connection, inside the transaction it is lent for.
///
/// SQL is written once for both engines, with `$1`, `$2` … for the values. Where the context gives a parameter no
/// type (`SELECT $1`), PostgreSQL takes text: write `CAST($1 AS BIGINT)`. Statements are prepared once and kept by their
/// text, so values never belong in it (IN-04).
public protocol Connection: AnyObject {
    /// The engine.
    var dialect: Dialect { get }

    /// All rows of a result; for results of a known, small size.
    func query(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> [Row]

    /// Runs a statement and answers how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Int

    /// Lends the rows one after the other, in constant memory; an error of the body ends it.
    func forEach(
        _ sql: String, _ parameters: [SQLValue], _ body: (Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError)
}

extension Connection {
    /// All rows of a result, without values.
    public func query(_ sql: String) throws(DatabaseError) -> [Row] {
        try query(sql, [])
    }

    /// Runs a statement without values and answers how many rows it changed.
    @discardableResult
    public func execute(_ sql: String) throws(DatabaseError) -> Int {
        try execute(sql, [])
    }

    /// The only row of a result; `nil` when there is none. Throws `unexpectedValue` when there are several.
    public func queryOne(_ sql: String, _ parameters: [SQLValue] = []) throws(DatabaseError) -> Row? {
        let rows = try query(sql, parameters)
        guard rows.count <= 1 else { throw .unexpectedValue("\(rows.count) rows where at most one was expected") }
        return rows.first
    }
}
