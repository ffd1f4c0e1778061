import SQL

extension Outbox {
    /// The component name to migrate under (`Migrator.migrate`).
    public static let component = "outbox"

    /// The tables, in the service's own database.
    ///
    /// `due_at` is set exactly while a message waits or is being sent; for the latter it is when the lease ends.
    public static let migrations: [Migration] = [
        Migration(
            version: 1, name: "outbox and SMS budget",
            statements: [
                """
                CREATE TABLE outbox (
                    id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, channel TEXT NOT NULL, message_group TEXT,
                    masked TEXT NOT NULL, sealed BLOB, state TEXT NOT NULL, urgency INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, last_error TEXT, lease TEXT, created_at INTEGER NOT NULL,
                    queued_at INTEGER, due_at INTEGER, expires_at INTEGER, finished_at INTEGER
                ) STRICT
                """,
                "CREATE INDEX outbox_next ON outbox (channel, urgency, due_at) WHERE due_at IS NOT NULL",
                "CREATE INDEX outbox_due ON outbox (channel, due_at) WHERE due_at IS NOT NULL",
                "CREATE INDEX outbox_group ON outbox (message_group) WHERE message_group IS NOT NULL",
                "CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL",
                "CREATE INDEX outbox_held ON outbox (created_at) WHERE state = 'held'",
                "CREATE TABLE sms_budget (day INTEGER NOT NULL PRIMARY KEY, sent INTEGER NOT NULL) STRICT",
            ]),
        Migration(
            version: 2, name: "language and last try",
            statements: [
                "ALTER TABLE outbox ADD COLUMN language TEXT",
                "ALTER TABLE outbox ADD COLUMN tried_at INTEGER",
                "CREATE INDEX outbox_written ON outbox (created_at, id)",
                "CREATE INDEX outbox_given_up ON outbox (channel) WHERE state IN ('dead', 'expired')",
            ]),
    ]
}
