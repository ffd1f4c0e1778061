import Audit
import Messaging
import Model
import SQL

/// Every migration of the auth service's database, in order.
public enum AuthMigrations {
    /// The service's own; the audit chain's and the outbox's come with their owners.
    public static let all: [Migration] = [
        m0001Core, m0002StepUp, m0003Unenroll, m0004Language, m0005Policies, m0006WhoWeakened,
    ]

    /// Brings a database up to date.
    public static func migrate(_ database: any Database, now: Timestamp) async throws {
        try await Migrator.migrate(database, all, now: now)
        try await Migrator.migrate(database, AuditLog.migrations, component: AuditLog.component, now: now)
        try await Migrator.migrate(database, Outbox.migrations, component: Outbox.component, now: now)
    }
}
