import SQL

extension HelpdeskMigrations {
    /// Requests to enroll and how far each has come (`Notices/`).
    ///
    /// `language` is what an account's directory states, for the words of the message. `position` is the last account looked at, in the order of ids. `notice_addresses` holds keyed digests of the
    /// addresses that have a message, as long as one is being written.
    static let m0003EnrollmentNotices = Migration(
        version: 3, name: "enrollment notices",
        statements: [
            """
            CREATE TABLE enrollment_notices (
                id TEXT PRIMARY KEY, operator TEXT NOT NULL, recipients TEXT NOT NULL, types TEXT,
                includes_enrolled INTEGER NOT NULL, subject TEXT, message TEXT, state TEXT NOT NULL,
                total INTEGER NOT NULL, position TEXT, examined INTEGER NOT NULL, queued INTEGER NOT NULL,
                sent INTEGER NOT NULL, failed INTEGER NOT NULL, left_out TEXT NOT NULL, created_at INTEGER NOT NULL,
                ended_at INTEGER) STRICT
            """,
            "CREATE INDEX enrollment_notices_open ON enrollment_notices (created_at, id) WHERE ended_at IS NULL",
            "ALTER TABLE indexed_accounts ADD COLUMN language TEXT",
            """
            CREATE TABLE notice_addresses (
                notice TEXT NOT NULL, address BLOB NOT NULL, PRIMARY KEY (notice, address)) STRICT, WITHOUT ROWID
            """,
        ])
}
