import SQL

extension HelpdeskMigrations {
    /// Links with which owners set their passwords, and the operations that send and use them.
    static let m0004SecureLinks = Migration(
        version: 4, name: "secure links",
        statements: [
            """
            CREATE TABLE secure_links (
                id TEXT PRIMARY KEY, account TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL,
                expires_at INTEGER NOT NULL, opened_at INTEGER, password_set_at INTEGER) STRICT
            """,
            // One live link an account, whoever asks for two at once.
            "CREATE UNIQUE INDEX secure_links_live ON secure_links (account) WHERE state = 'live'",
            "CREATE INDEX secure_links_operation ON secure_links (operation)",
            "CREATE INDEX secure_links_expiry ON secure_links (expires_at)",
            """
            CREATE TABLE secure_link_tokens (
                digest BLOB PRIMARY KEY, link TEXT NOT NULL, channel TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT
            """,
            "CREATE INDEX secure_link_tokens_expiry ON secure_link_tokens (expires_at)",
            "CREATE TABLE link_attempts (id TEXT PRIMARY KEY, source BLOB NOT NULL, at INTEGER NOT NULL) STRICT",
            "CREATE INDEX link_attempts_source ON link_attempts (source, at)",
            "ALTER TABLE operations ADD COLUMN method TEXT",
            "ALTER TABLE operations ADD COLUMN link TEXT",
        ])
}
