import SQL

extension AuthMigrations {
    /// The language of the person a verification is about, for the messages on the way.
    static let m0004Language = Migration(
        version: 4, name: "language", statements: ["ALTER TABLE verifications ADD COLUMN language TEXT"])
}
