import SQL

extension AuthMigrations {
    /// Who removed a factor, so that the same person does not approve the reset that follows.
    static let m0006WhoWeakened = Migration(
        version: 6, name: "whoWeakened",
        statements: [
            """
            CREATE TABLE weakening_operators (
                account TEXT NOT NULL, operator TEXT NOT NULL, at INTEGER NOT NULL,
                PRIMARY KEY (account, operator)) STRICT
            """,
            "CREATE INDEX weakening_operators_at ON weakening_operators (at)",
        ])
}
