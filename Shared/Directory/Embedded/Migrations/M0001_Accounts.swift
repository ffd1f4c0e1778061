import SQL

extension EmbeddedMigrations {
    /// People, the tree, groups in groups, and what resets and unlocks have been done.
    ///
    /// - `locked_until` without a value under a `locked_at` is a lock that stays until somebody unlocks.
    /// - `version` counts resets, unlocks and imported passwords; `operations` has a row for each reset and unlock, so
    ///   that an interrupted one is settled by reading (CR-04).
    /// - `sign_in_decoy` is written where a known account would count a failure (RL-03).
    static let accounts = Migration(
        version: 1, name: "accounts",
        statements: [
            """
            CREATE TABLE containers (
                id INTEGER PRIMARY KEY, path TEXT NOT NULL, folded TEXT NOT NULL UNIQUE
            ) STRICT
            """,
            """
            CREATE TABLE accounts (
                entry TEXT PRIMARY KEY NOT NULL,
                login TEXT NOT NULL, login_folded TEXT NOT NULL UNIQUE,
                display_name TEXT NOT NULL, sort_key TEXT NOT NULL,
                first_name TEXT NOT NULL, last_name TEXT NOT NULL, mail TEXT, mobile TEXT,
                search_text TEXT NOT NULL,
                container INTEGER NOT NULL REFERENCES containers (id),
                password TEXT, password_set INTEGER, password_expires INTEGER,
                never_expires INTEGER NOT NULL, must_change INTEGER NOT NULL,
                failures INTEGER NOT NULL, locked_at INTEGER, locked_until INTEGER,
                disabled INTEGER NOT NULL, account_expires INTEGER,
                version INTEGER NOT NULL, operation TEXT
            ) STRICT
            """,
            "CREATE UNIQUE INDEX accounts_by_name ON accounts (sort_key, entry)",
            """
            CREATE TABLE groups_of_accounts (
                id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE
            ) STRICT
            """,
            """
            CREATE TABLE account_members (
                entry TEXT NOT NULL REFERENCES accounts (entry) ON DELETE CASCADE,
                holder INTEGER NOT NULL REFERENCES groups_of_accounts (id) ON DELETE CASCADE,
                PRIMARY KEY (entry, holder)
            ) STRICT
            """,
            """
            CREATE TABLE group_members (
                member INTEGER NOT NULL REFERENCES groups_of_accounts (id) ON DELETE CASCADE,
                holder INTEGER NOT NULL REFERENCES groups_of_accounts (id) ON DELETE CASCADE,
                PRIMARY KEY (member, holder)
            ) STRICT
            """,
            """
            CREATE TABLE operations (
                entry TEXT NOT NULL REFERENCES accounts (entry) ON DELETE CASCADE,
                operation TEXT NOT NULL, version INTEGER NOT NULL, done_at INTEGER NOT NULL,
                PRIMARY KEY (entry, operation)
            ) STRICT
            """,
            "CREATE INDEX operations_by_time ON operations (done_at)",
            "CREATE TABLE sign_in_decoy (id INTEGER PRIMARY KEY, attempts INTEGER NOT NULL) STRICT",
            "INSERT INTO sign_in_decoy (id, attempts) VALUES (1, 0)",
        ])
}
