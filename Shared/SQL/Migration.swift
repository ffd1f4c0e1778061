/// One step of a schema: applied once, in order of version, never undone and never edited afterwards.
///
/// Common statements are written in SQLite's `STRICT` dialect with the types INTEGER, TEXT and BLOB; `SchemaTranslation`
/// says what PostgreSQL gets instead. Statements that cannot be written once come after them, one list an engine.
public struct Migration: Sendable, Equatable {
    /// Its place in the order; 1 or more.
    public let version: Int
    /// What it does, for people.
    public let name: String
    /// Statements for both engines.
    public let statements: [String]
    /// Statements for one engine, after the common ones.
    public let additional: [Dialect: [String]]

    /// A step; `sqlite` and `postgres` hold what only that engine understands.
    public init(
        version: Int, name: String, statements: [String], sqlite: [String] = [], postgres: [String] = []
    ) {
        self.version = version
        self.name = name
        self.statements = statements
        additional = [.sqlite: sqlite, .postgres: postgres]
    }

    /// What is run on an engine.
    func statements(for dialect: Dialect) -> [String] {
        let common = dialect == .postgres ? statements.map(SchemaTranslation.postgres) : statements
        return common + (additional[dialect] ?? [])
    }

    /// FNV-1a, 64 bits, over name and all statements of both engines. It finds edits, not attacks.
    var checksum: Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let parts = [name] + statements + ["sqlite"] + (additional[.sqlite] ?? []) + ["postgres"]
        for part in parts + (additional[.postgres] ?? []) {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
        }
        return Int64(bitPattern: hash)
    }
}
