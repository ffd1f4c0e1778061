import Audit
import Model
import Policy
import SQL

/// Puts into the history that a rule said no (H2).
struct RecordRefusal: Sendable {
    let collaborators: Collaborators

    func run(_ refusal: Refusal, of action: String, on account: AccountID?, by person: SignedIn) async throws {
        let event = AuditEvent(.refusal, .failure, by: .desk(person), at: collaborators.clock.now())
            .about(account, action: action).because(refusal.rawValue)
        try await collaborators.database.write { [collaborators] transaction in
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
