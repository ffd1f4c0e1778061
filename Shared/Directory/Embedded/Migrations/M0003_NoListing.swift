import SQL

extension EmbeddedMigrations {
    /// Lists come from the helpdesk service's index of accounts; what this file kept for them is gone.
    static let noListing = Migration(
        version: 3, name: "no listing",
        statements: [
            "DROP INDEX accounts_by_name", "ALTER TABLE accounts DROP COLUMN sort_key",
            "ALTER TABLE accounts DROP COLUMN search_text",
        ])
}
