import SQL

/// The shape of an embedded store's database file, step by step, forward only.
enum EmbeddedMigrations {
    static let all: [Migration] = [accounts, changes, noListing, language]
}
