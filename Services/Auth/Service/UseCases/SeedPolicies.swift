import Audit
import Directory
import Model
import Platform
import SQL
import StrictJSON

/// Fills the database with the roles and questions of the configuration file, once: at the first start (ADR 11). From then
/// on the file's are not looked at; a store that came later gets the built-in role for everybody.
struct SeedPolicies: Sendable {
    let database: any Database
    let audit: AuditLog
    let stores: IdentityStoreRegistry
    let clock: any Clock

    func run(_ configuration: AuthConfiguration) async throws {
        let ids = stores.all.map(\.id)
        try await database.write { transaction in
            // The lock of the history's chain makes replicas that start together take turns.
            try transaction.enlist(audit)
            if try RoleStore.revision(transaction) == 0 {
                // Groups and containers that no store understands keep the service from starting.
                _ = try RoleConfiguration.roles(configuration.roles, in: stores)
                try add(configuration.roles, because: "firstStart", transaction)
                for (position, question) in configuration.questions.all.enumerated() {
                    try QuestionStore.save(question, at: position, transaction)
                }
            } else {
                let roles = try RoleConfiguration.read(try RoleStore.all(transaction), stores: ids)
                let missing = ids.compactMap { RoleConfiguration.user(of: $0, beside: roles) }
                if !missing.isEmpty { try add(missing, because: "newStore", transaction) }
            }
        }
    }

    private func add(_ roles: [RoleConfiguration], because reason: String, _ transaction: Transaction) throws {
        let event = AuditEvent(.configurationChange, by: .system, at: clock.now()).because(reason)
        try RoleChange.save(roles.map { RoleChange(old: nil, new: $0) }, as: event, audit, transaction)
    }
}
