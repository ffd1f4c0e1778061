import SQL

extension EmbeddedMigrations {
    /// The language a person prefers.
    static let language = Migration(
        version: 4, name: "language", statements: ["ALTER TABLE accounts ADD COLUMN language TEXT"])
}
