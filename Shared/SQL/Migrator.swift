import Model

/// Brings the schema of a database up to date.
public enum Migrator {
    /// Applies the steps the database does not have yet, in order, all or none.
    ///
    /// Several owners may keep tables in one database: each has a component name and versions of its own. Processes
    /// that start together wait for each other. Throws `MigrationError`, or `DatabaseError` where it is not about a step.
    public static func migrate(
        _ database: any Database, _ migrations: [Migration], component: String = "service", now: Timestamp
    ) async throws {
        let ordered = try checkedOrder(migrations)
        try await database.write { transaction in
            try transaction.prepareForMigration()
            let pending = try pending(ordered, applied: transaction.appliedMigrations(of: component))
            for migration in pending { try transaction.apply(migration, component, now) }
        }
    }

    /// The steps the database does not have yet. Throws as `migrate` would.
    public static func pending(
        _ database: any Database, _ migrations: [Migration], component: String = "service"
    ) async throws -> [Migration] {
        let ordered = try checkedOrder(migrations)
        return try await database.read { connection in
            guard try connection.hasMigrationTable() else { return ordered }
            return try pending(ordered, applied: connection.appliedMigrations(of: component))
        }
    }

    private static func checkedOrder(_ migrations: [Migration]) throws(MigrationError) -> [Migration] {
        let ordered = migrations.sorted { $0.version < $1.version }
        var previous = 0
        for migration in ordered {
            guard migration.version > previous else { throw .badVersion(migration.version) }
            previous = migration.version
        }
        return ordered
    }

    private static func pending(
        _ migrations: [Migration], applied: [AppliedMigration]
    ) throws(MigrationError) -> [Migration] {
        var pending: [Migration] = []
        let newest = applied.last?.version ?? 0
        let known = Set(migrations.map(\.version))
        for step in applied where !known.contains(step.version) {
            throw .unknown(version: step.version, name: step.name)
        }
        for migration in migrations {
            if let step = applied.first(where: { $0.version == migration.version }) {
                guard step.checksum == migration.checksum else {
                    throw .changed(version: migration.version, name: migration.name)
                }
            } else if migration.version < newest {
                throw .outOfOrder(version: migration.version, name: migration.name)
            } else {
                pending.append(migration)
            }
        }
        return pending
    }
}

private struct AppliedMigration {
    let version: Int
    let name: String
    let checksum: Int64
}

extension Transaction {
    /// Takes the lock that keeps replicas from migrating at once, and makes the table of applied steps.
    fileprivate func prepareForMigration() throws(DatabaseError) {
        try connection.allowLongStatements()
        if dialect == .postgres { _ = try query("SELECT CAST(pg_advisory_xact_lock(7021984125) AS TEXT)") }
        guard try !hasMigrationTable() else { return }
        let table = """
            CREATE TABLE schema_migrations (
                component TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum INTEGER NOT NULL,
                applied_at INTEGER NOT NULL, PRIMARY KEY (component, version)
            ) STRICT
            """
        try execute(dialect == .postgres ? SchemaTranslation.postgres(table) : table)
    }

    fileprivate func apply(_ migration: Migration, _ component: String, _ now: Timestamp) throws {
        do {
            for statement in migration.statements(for: dialect) { try execute(statement) }
            try execute(
                """
                INSERT INTO schema_migrations (component, version, name, checksum, applied_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [
                    .text(component), SQLValue(migration.version), .text(migration.name), .integer(migration.checksum),
                    SQLValue(now),
                ])
        } catch {
            throw MigrationError.failed(version: migration.version, name: migration.name, error)
        }
    }
}

extension Connection {
    fileprivate func hasMigrationTable() throws(DatabaseError) -> Bool {
        let sql =
            switch dialect {
            case .sqlite: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'"
            case .postgres:
                "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'"
            }
        return try queryOne(sql)?.integer(0) == 1
    }

    fileprivate func appliedMigrations(of component: String) throws(DatabaseError) -> [AppliedMigration] {
        let rows = try query(
            "SELECT version, name, checksum FROM schema_migrations WHERE component = $1 ORDER BY version",
            [.text(component)])
        var steps: [AppliedMigration] = []
        for row in rows {
            steps.append(
                AppliedMigration(
                    version: Int(try row.integer(0)), name: try row.text(1), checksum: try row.integer(2)))
        }
        return steps
    }
}
