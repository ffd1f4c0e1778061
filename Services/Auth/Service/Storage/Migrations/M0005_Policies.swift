import SQL

extension AuthMigrations {
    /// Roles and questions, changed while the service runs (ADR 11).
    static let m0005Policies = Migration(
        version: 5, name: "policies",
        statements: [
            """
            CREATE TABLE roles (
                store TEXT NOT NULL, name TEXT NOT NULL, priority INTEGER NOT NULL, body TEXT NOT NULL,
                revision INTEGER NOT NULL, PRIMARY KEY (store, name)) STRICT
            """,
            "CREATE UNIQUE INDEX roles_priority ON roles (store, priority)",
            """
            CREATE TABLE questions (
                id TEXT PRIMARY KEY, store TEXT, words TEXT NOT NULL, position INTEGER NOT NULL,
                removed_at INTEGER) STRICT
            """,
            "CREATE TABLE policy_state (part TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT",
        ])
}
