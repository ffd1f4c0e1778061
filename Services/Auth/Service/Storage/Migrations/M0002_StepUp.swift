import SQL

extension AuthMigrations {
    /// When the holder of a session last proved who sits there.
    static let m0002StepUp = Migration(
        version: 2, name: "step-up", statements: ["ALTER TABLE sessions ADD COLUMN stepped_up_at INTEGER"])
}
