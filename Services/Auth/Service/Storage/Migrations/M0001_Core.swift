import SQL

extension AuthMigrations {
    /// Sessions, enrollments, codes, failures, verifications, links, signing keys.
    static let m0001Core = Migration(
        version: 1, name: "core",
        statements: [
            """
            CREATE TABLE signing_keys (
                kid TEXT PRIMARY KEY, sealed BLOB NOT NULL, public_jwk TEXT NOT NULL,
                created_at INTEGER NOT NULL, retired_at INTEGER) STRICT
            """,
            """
            CREATE TABLE sessions (
                id TEXT PRIMARY KEY, account TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL, ended_at INTEGER, refresh_hash BLOB NOT NULL) STRICT
            """,
            "CREATE UNIQUE INDEX sessions_refresh ON sessions (refresh_hash)",
            "CREATE TABLE spent_refresh_tokens (hash BLOB PRIMARY KEY, session TEXT NOT NULL) STRICT",
            "CREATE INDEX spent_refresh_tokens_session ON spent_refresh_tokens (session)",
            "CREATE TABLE sign_in_attempts (id TEXT PRIMARY KEY, subject BLOB NOT NULL, at INTEGER NOT NULL) STRICT",
            "CREATE INDEX sign_in_attempts_subject ON sign_in_attempts (subject, at)",
            """
            CREATE TABLE enrollments (
                account TEXT NOT NULL, type TEXT NOT NULL, enrolled_at INTEGER NOT NULL, changed_at INTEGER,
                contact TEXT, sealed BLOB, last_step INTEGER, PRIMARY KEY (account, type)) STRICT
            """,
            """
            CREATE TABLE pending_enrollments (
                account TEXT NOT NULL, type TEXT NOT NULL, contact TEXT, sealed BLOB NOT NULL,
                expires_at INTEGER NOT NULL, wrong INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, type)) STRICT
            """,
            """
            CREATE TABLE answers (
                account TEXT NOT NULL, question TEXT NOT NULL, position INTEGER NOT NULL, sealed BLOB NOT NULL,
                folding INTEGER NOT NULL, PRIMARY KEY (account, question)) STRICT
            """,
            """
            CREATE TABLE asked_questions (
                account TEXT NOT NULL, question TEXT NOT NULL, position INTEGER NOT NULL,
                PRIMARY KEY (account, question)) STRICT
            """,
            """
            CREATE TABLE codes (
                scope TEXT PRIMARY KEY, contact TEXT NOT NULL, message TEXT NOT NULL, mac BLOB NOT NULL,
                sent_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, used_at INTEGER) STRICT
            """,
            """
            CREATE TABLE code_sends (
                address BLOB NOT NULL, scope TEXT NOT NULL, at INTEGER NOT NULL, answered INTEGER NOT NULL) STRICT
            """,
            "CREATE INDEX code_sends_address ON code_sends (address, at)",
            "CREATE INDEX code_sends_scope ON code_sends (scope)",
            """
            CREATE TABLE factor_failures (
                account TEXT NOT NULL, type TEXT NOT NULL, in_a_row INTEGER NOT NULL, locked_until INTEGER,
                PRIMARY KEY (account, type)) STRICT
            """,
            "CREATE TABLE failures (id TEXT PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL) STRICT",
            "CREATE INDEX failures_account ON failures (account, at)",
            """
            CREATE TABLE verifications (
                id TEXT PRIMARY KEY, subject TEXT NOT NULL, accounts TEXT NOT NULL, operator TEXT NOT NULL,
                session TEXT NOT NULL, action TEXT NOT NULL, policy_version TEXT NOT NULL, requirement TEXT NOT NULL,
                status TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL, code_until INTEGER NOT NULL, wrong_answers INTEGER NOT NULL,
                operation TEXT, proof BLOB) STRICT
            """,
            """
            CREATE UNIQUE INDEX verifications_open ON verifications (subject)
                WHERE status IN ('created', 'challenged', 'satisfied')
            """,
            """
            CREATE TABLE verified_types (
                verification TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
                PRIMARY KEY (verification, type)) STRICT
            """,
            """
            CREATE TABLE verification_questions (
                verification TEXT NOT NULL, question TEXT NOT NULL, position INTEGER NOT NULL, is_right INTEGER,
                PRIMARY KEY (verification, question)) STRICT
            """,
            """
            CREATE TABLE links (
                account TEXT PRIMARY KEY, master TEXT NOT NULL, linked_at INTEGER NOT NULL) STRICT
            """,
            "CREATE INDEX links_master ON links (master)",
        ])
}
