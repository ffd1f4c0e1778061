import SQL

extension AuditLog {
    /// The name of these tables for `Migrator`.
    public static let component = "audit"

    /// The tables of a chain: `audit` with its rows, `audit_head` with its service, its end and where it starts.
    public static let migrations = [
        Migration(
            version: 1, name: "audit chain",
            statements: [
                """
                CREATE TABLE audit (
                    sequence INTEGER NOT NULL PRIMARY KEY,
                    at INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    actor_kind TEXT NOT NULL,
                    reason TEXT,
                    actor TEXT,
                    subject TEXT,
                    store TEXT,
                    action TEXT,
                    type TEXT,
                    operation TEXT,
                    verification TEXT,
                    session TEXT,
                    source TEXT,
                    client TEXT,
                    detail TEXT NOT NULL,
                    origin_service TEXT,
                    origin_sequence INTEGER,
                    previous_hash BLOB NOT NULL,
                    hash BLOB NOT NULL
                ) STRICT
                """,
                """
                CREATE TABLE audit_head (
                    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
                    service TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    hash BLOB NOT NULL,
                    start_sequence INTEGER NOT NULL,
                    start_hash BLOB NOT NULL
                ) STRICT
                """,
                "CREATE UNIQUE INDEX audit_origin ON audit (origin_service, origin_sequence)"
                    + " WHERE origin_service IS NOT NULL",
                "CREATE INDEX audit_time ON audit (at, sequence)",
                "CREATE INDEX audit_subject ON audit (subject, at, sequence) WHERE subject IS NOT NULL",
                "CREATE INDEX audit_actor ON audit (actor, at, sequence) WHERE actor IS NOT NULL",
                "CREATE INDEX audit_operation ON audit (operation) WHERE operation IS NOT NULL",
            ])
    ]
}

extension AuditSearch {
    /// The name of its indexes for `Migrator`.
    public static let component = "audit search"

    private static let compared = AuditCombination.columns.joined(separator: ", ")

    /// The counts and indexes of a service whose history is searched, besides those every chain has. What a walk compares,
    /// it finds in the index.
    public static let migrations = [
        Migration(
            version: 1, name: "search of the history",
            statements: [
                "CREATE INDEX audit_kind ON audit (kind, outcome, type, at, sequence, store, actor_kind, action)",
                "DROP INDEX audit_time",
                "CREATE INDEX audit_time ON audit (at, sequence, store, actor_kind, action)",
                "CREATE INDEX audit_verification ON audit (verification) WHERE verification IS NOT NULL",
            ]),
        Migration(
            version: 2, name: "counts of the history",
            statements: [
                """
                CREATE TABLE audit_counts (
                    span INTEGER NOT NULL, start INTEGER NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL,
                    type TEXT NOT NULL, store TEXT NOT NULL, actor_kind TEXT NOT NULL, action TEXT NOT NULL,
                    events INTEGER NOT NULL,
                    PRIMARY KEY (span, start, kind, outcome, type, store, actor_kind, action)
                ) STRICT, WITHOUT ROWID
                """
            ] + [AuditSpan.always, AuditSpan.day, AuditSpan.hour].map(AuditCounts.filling) + [
                "DROP INDEX audit_kind", "DROP INDEX audit_time", "DROP INDEX audit_subject", "DROP INDEX audit_actor",
                "CREATE INDEX audit_combination ON audit (\(compared), at, sequence)",
                "CREATE INDEX audit_time ON audit (at, sequence, \(compared))",
                "CREATE INDEX audit_subject ON audit (subject, at, sequence, \(compared)) WHERE subject IS NOT NULL",
                "CREATE INDEX audit_actor ON audit (actor, at, sequence, \(compared)) WHERE actor IS NOT NULL",
            ]),
    ]
}
