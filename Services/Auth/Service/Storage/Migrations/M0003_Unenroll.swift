import SQL

extension AuthMigrations {
    /// What the help desk removed and may have weakened by it, requests for a second person, answers to be given once.
    static let m0003Unenroll = Migration(
        version: 3, name: "unenroll",
        statements: [
            "ALTER TABLE enrollments ADD COLUMN label TEXT",
            """
            CREATE TABLE idempotency (
                operator TEXT NOT NULL, request_key TEXT NOT NULL, fingerprint BLOB NOT NULL, answer TEXT NOT NULL,
                created_at INTEGER NOT NULL, PRIMARY KEY (operator, request_key)) STRICT
            """,
            "CREATE INDEX idempotency_created ON idempotency (created_at)",
            "CREATE TABLE weakenings (account TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT",
            """
            CREATE TABLE approvals (
                id TEXT PRIMARY KEY, account TEXT NOT NULL, action TEXT NOT NULL, operator TEXT NOT NULL,
                reason TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
                decided_by TEXT, operation TEXT) STRICT
            """,
            "CREATE INDEX approvals_binding ON approvals (account, action, operator)",
            "CREATE INDEX approvals_expiry ON approvals (expires_at)",
        ])
}
