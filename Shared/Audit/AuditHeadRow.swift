import SQL

/// The one row of `audit_head`.
struct AuditHeadRow: Sendable, Equatable {
    let service: String
    let head: AuditHead
    /// The row before the first one kept: number 0 and zeros, unless older rows were purged.
    let start: AuditHead

    private static let select =
        "SELECT service, sequence, hash, start_sequence, start_hash FROM audit_head WHERE id = 1"

    /// The row, if the chain was ever written to.
    static func load(_ connection: any Connection) throws(DatabaseError) -> AuditHeadRow? {
        guard let row = try connection.queryOne(select) else { return nil }
        return try AuditHeadRow(row)
    }

    /// The row, made when it is the chain's first use, locked until the transaction ends.
    static func locked(service: String, _ connection: any Connection) throws(DatabaseError) -> AuditHeadRow {
        let select = select + connection.dialect.forUpdate
        if let row = try connection.queryOne(select) { return try AuditHeadRow(row) }
        let empty = AuditHead.empty
        try connection.execute(
            """
            INSERT INTO audit_head (id, service, sequence, hash, start_sequence, start_hash)
            VALUES (1, $1, $2, $3, $2, $3) ON CONFLICT (id) DO NOTHING
            """,
            [.text(service), .integer(empty.sequence), .blob(empty.hash)])
        guard let row = try connection.queryOne(select) else { throw .failed("audit_head cannot be made") }
        return try AuditHeadRow(row)
    }

    /// The hash of a row, also of the one before the first kept; `nil` when there is none.
    static func hash(at sequence: Int64, _ connection: any Connection) throws(DatabaseError) -> [UInt8]? {
        if let start = try load(connection)?.start, start.sequence == sequence { return start.hash }
        return try connection.queryOne("SELECT hash FROM audit WHERE sequence = $1", [.integer(sequence)])?.blob(0)
    }

    private init(_ row: Row) throws(DatabaseError) {
        service = try row.text(0)
        head = AuditHead(sequence: try row.integer(1), hash: try row.blob(2))
        start = AuditHead(sequence: try row.integer(3), hash: try row.blob(4))
    }
}
