import SQL

extension HelpdeskMigrations {
    /// Operations with their intents, idempotency records, enrolled types.
    static let m0001Core = Migration(
        version: 1, name: "core",
        statements: [
            """
            CREATE TABLE operations (
                id TEXT PRIMARY KEY, operator TEXT NOT NULL, session TEXT NOT NULL, subject TEXT NOT NULL,
                action TEXT NOT NULL, verification TEXT, reason TEXT, contacts TEXT NOT NULL, authority TEXT NOT NULL,
                password BLOB, is_generated INTEGER NOT NULL, must_change INTEGER NOT NULL, request_key TEXT NOT NULL,
                source TEXT NOT NULL, client TEXT, created_at INTEGER NOT NULL, lease_owner TEXT NOT NULL,
                lease_until INTEGER NOT NULL, finished_at INTEGER) STRICT
            """,
            "CREATE INDEX operations_operator ON operations (operator, action, created_at)",
            "CREATE INDEX operations_open ON operations (lease_until) WHERE finished_at IS NULL",
            "CREATE INDEX operations_finished ON operations (finished_at) WHERE finished_at IS NOT NULL",
            """
            CREATE TABLE intents (
                operation TEXT NOT NULL, account TEXT NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL,
                credential_version TEXT NOT NULL, was_locked INTEGER NOT NULL, reason TEXT, message TEXT,
                PRIMARY KEY (operation, account)) STRICT
            """,
            """
            CREATE TABLE idempotency (
                operator TEXT NOT NULL, request_key TEXT NOT NULL, fingerprint BLOB NOT NULL, operation TEXT NOT NULL,
                state TEXT NOT NULL, status INTEGER, answer TEXT, created_at INTEGER NOT NULL,
                PRIMARY KEY (operator, request_key)) STRICT
            """,
            "CREATE INDEX idempotency_created ON idempotency (created_at)",
            """
            CREATE TABLE enrolled_types (
                account TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (account, type)) STRICT
            """,
        ])
}
