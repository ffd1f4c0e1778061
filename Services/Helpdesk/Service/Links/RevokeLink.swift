import Model
import SQL

/// Ends links before they are used: by the desk's will, or because their time ran out.
struct RevokeLink: Sendable {
    let collaborators: Collaborators

    /// Takes a link back. Any operator who may reset passwords in that store may: whoever notices acts.
    func run(_ id: SecureLinkID, by desk: DeskOperator) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            guard let link = try SecureLinkStore.find(id, transaction),
                desk.authority.scope.contains(link.account.store)
            else { throw HelpdeskError.linkNotFound }
            let ended = try LinkEffects(collaborators: collaborators).end(
                link, .revoked, nil, by: .desk(desk.person), transaction)
            guard ended else { throw HelpdeskError.linkEnded }
        }
    }

    /// Says of links whose time ran out that it did; answers how many.
    @discardableResult
    func expire() async throws -> Int {
        try await collaborators.database.write { [collaborators] transaction in
            let overdue = try SecureLinkStore.overdue(at: collaborators.clock.now(), transaction)
            for link in overdue {
                try LinkEffects(collaborators: collaborators).end(link, .expired, nil, by: .system, transaction)
            }
            return overdue.count
        }
    }
}
