import SQL

extension HelpdeskMigrations {
    /// The account index (`Index/README.md`).
    ///
    /// - `present` is 0 where nothing but the enrolled types of an account is known; then every text is empty.
    /// - `seen` is the turn of synchronization that last told of the account, `read_at` when what stands here was read.
    /// - `text` is what is searched, `sort_key` what is sorted by (`SearchText`).
    /// - A time that is NULL is unknown, and the greatest number stands for never (`Fact`).
    /// - `index_grams` counts the accounts that have three neighboring characters, `index_sizes` those with a set of types.
    ///
    /// SQLite's trigram index has no content of its own and no triggers: `trusted_schema` is off, which forbids triggers
    /// on virtual tables. PostgreSQL's needs the extension `pg_trgm`, which the owner of a database may create.
    static let m0002AccountIndex = Migration(
        version: 2, name: "account index",
        statements: [
            """
            CREATE TABLE indexed_accounts (
                id INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, entry TEXT NOT NULL,
                types INTEGER NOT NULL, present INTEGER NOT NULL, seen INTEGER NOT NULL, read_at INTEGER NOT NULL,
                sort_key TEXT NOT NULL, text TEXT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL,
                first_name TEXT NOT NULL, last_name TEXT NOT NULL, mail TEXT, container TEXT NOT NULL,
                locked INTEGER NOT NULL, locked_until INTEGER, disabled INTEGER NOT NULL, must_change INTEGER NOT NULL,
                password_expires INTEGER, last_password_set INTEGER, UNIQUE (store, entry)) STRICT
            """,
            "CREATE INDEX indexed_accounts_types ON indexed_accounts (types) WHERE present = 1",
            """
            CREATE TABLE index_grams (
                gram INTEGER NOT NULL, store TEXT NOT NULL, accounts INTEGER NOT NULL, PRIMARY KEY (gram, store)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE index_sizes (
                store TEXT NOT NULL, types INTEGER NOT NULL, accounts INTEGER NOT NULL, PRIMARY KEY (store, types)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE index_stores (
                store TEXT PRIMARY KEY, cookie BLOB, is_midway INTEGER NOT NULL, turn INTEGER NOT NULL,
                first_turn INTEGER NOT NULL, lease_owner TEXT, lease_until INTEGER NOT NULL, finished_at INTEGER) STRICT
            """,
            """
            INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, sort_key, text, login, name,
                first_name, last_name, container, locked, disabled, must_change)
            SELECT account, account, sum(CASE type WHEN 'securityQuestions' THEN 1 WHEN 'mobile' THEN 2
                WHEN 'email' THEN 4 WHEN 'authenticator' THEN 8 WHEN 'linkAccount' THEN 16 WHEN 'yubiKey' THEN 32
                WHEN 'windowsHello' THEN 64 ELSE 0 END), 0, 0, 0, '', '', '', '', '', '', '', 0, 0, 0
            FROM enrolled_types GROUP BY account
            """,
            "DROP TABLE enrolled_types",
        ],
        sqlite: [
            """
            UPDATE indexed_accounts SET store = substr(store, 1, instr(store, '~') - 1),
                entry = substr(entry, instr(entry, '~') + 1)
            """,
            "CREATE INDEX indexed_accounts_order ON indexed_accounts (sort_key, store, entry, types, text) WHERE present = 1",
            """
            CREATE VIRTUAL TABLE indexed_accounts_text USING fts5 (
                text, content = 'indexed_accounts', content_rowid = 'id', tokenize = 'trigram case_sensitive 1',
                detail = none, columnsize = 0)
            """,
        ],
        postgres: [
            "UPDATE indexed_accounts SET store = split_part(store, '~', 1), entry = split_part(entry, '~', 2)",
            "CREATE INDEX indexed_accounts_order ON indexed_accounts (sort_key, store, entry) WHERE present = 1",
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE INDEX indexed_accounts_text ON indexed_accounts USING gin (text gin_trgm_ops) WHERE present = 1",
        ])
}
