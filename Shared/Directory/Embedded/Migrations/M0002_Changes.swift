import SQL

extension EmbeddedMigrations {
    /// A numbered row for each account that was added, changed or deleted, for indexes (`synchronize`).
    ///
    /// Triggers keep it, so that no way of writing an account can forget to. An entry has one row, that of its last
    /// change; a row without an account is a tombstone. Numbers are never used again (`AUTOINCREMENT`). A wrong password
    /// that only counts is no change: nothing anybody sees is different.
    /// `identity` tells this file from another one put in its place.
    static let changes = Migration(
        version: 2, name: "changes",
        statements: [
            """
            CREATE TABLE account_changes (
                number INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL UNIQUE
            ) STRICT
            """,
            "INSERT INTO account_changes (entry) SELECT entry FROM accounts ORDER BY entry",
            """
            CREATE TRIGGER account_added AFTER INSERT ON accounts BEGIN
                INSERT OR REPLACE INTO account_changes (entry) VALUES (new.entry);
            END
            """,
            """
            CREATE TRIGGER account_changed AFTER UPDATE ON accounts WHEN
                \(["login", "display_name", "first_name", "last_name", "mail", "mobile", "container", "version",
                    "password_set", "password_expires", "never_expires", "must_change", "locked_at", "locked_until",
                    "disabled", "account_expires"].map { "old.\($0) IS NOT new.\($0)" }.joined(separator: " OR "))
            BEGIN
                INSERT OR REPLACE INTO account_changes (entry) VALUES (new.entry);
            END
            """,
            """
            CREATE TRIGGER account_deleted AFTER DELETE ON accounts BEGIN
                INSERT OR REPLACE INTO account_changes (entry) VALUES (old.entry);
            END
            """,
            "CREATE TABLE identity (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
            "INSERT INTO identity (id, text) VALUES (1, lower(hex(randomblob(16))))",
        ])
}
