import Audit
import Messaging
import Model
import SQL

/// Every table of the helpdesk service's database.
public enum HelpdeskMigrations {
    static let all: [Migration] = [m0001Core, m0002AccountIndex, m0003EnrollmentNotices, m0004SecureLinks]

    /// Brings a database up to date: this service's tables, then the audit chain's and the outbox's, which come with
    /// their owners.
    public static func migrate(_ database: any Database, now: Timestamp) async throws {
        try await Migrator.migrate(database, all, now: now)
        try await Migrator.migrate(database, AuditLog.migrations, component: AuditLog.component, now: now)
        try await Migrator.migrate(database, AuditSearch.migrations, component: AuditSearch.component, now: now)
        try await Migrator.migrate(database, Outbox.migrations, component: Outbox.component, now: now)
    }
}
