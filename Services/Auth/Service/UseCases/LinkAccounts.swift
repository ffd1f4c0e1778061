import Audit
import Directory
import Messaging
import Model
import Policy
import SQL
import StrictJSON

/// Makes the enrollment of one account serve another account of the same person, or no longer, by an administrator.
///
/// Whose factors prove a caller depends on it: it takes a step-up, it is in the history of the linked account with its
/// master, and the owners of both hear of it at every address they have enrolled and the directory has (R8).
struct LinkAccounts: Sendable {
    let collaborators: Collaborators

    func link(
        _ account: AccountID, to master: AccountID, by session: Session, origin: Origin
    ) async throws -> (link: AccountLink, isNew: Bool) {
        let facts = try await facts(account, master, session)
        let found = try await write(.link, session, facts, origin) { [collaborators] transaction in
            do {
                let isNew = try LinkStore.link(account, to: master, at: collaborators.clock.now(), transaction)
                return (try LinkStore.find(account, transaction), isNew)
            } catch let obstacle as LinkObstacle {
                throw AuthError.linkRefused(obstacle)
            }
        }
        guard let link = found.link else { throw AuthError.linkNotFound }
        return (link, found.isChanged)
    }

    func unlink(_ account: AccountID, by session: Session, origin: Origin) async throws {
        let known = try await collaborators.database.read { try LinkStore.find(account, $0) }
        guard let known else { throw AuthError.linkNotFound }
        let facts = try await facts(account, known.master, session)
        _ = try await write(.unlink, session, facts, origin) { transaction in
            // Read again: it may have been replaced by a link to another master meanwhile.
            guard try LinkStore.find(account, transaction) == known, try LinkStore.unlink(account, transaction) else {
                throw AuthError.linkNotFound
            }
            return (known, true)
        }
    }

    private struct Facts: Sendable {
        let administrator: LinkRule.Administrator
        let account: DirectoryAccount
        let master: DirectoryAccount
        let roles: RoleBook
    }

    private func facts(
        _ account: AccountID, _ master: AccountID, _ session: Session
    ) async throws -> Facts {
        let live = try await LiveRole.ofOperator(session, collaborators)
        let administrator = LinkRule.Administrator(
            account: session.account, scope: live.role.scope, rank: live.role.priority)
        // What lies outside the role's stores is refused before it is looked up.
        for id in [account, master] where !administrator.scope.contains(id.store) {
            throw AuthError.refused(.storeOutOfScope)
        }
        return Facts(
            administrator: administrator, account: try await find(account), master: try await find(master),
            roles: try await collaborators.roles.current())
    }

    /// The account as its directory has it, with a role or without one.
    private func find(_ id: AccountID) async throws(AuthError) -> DirectoryAccount {
        guard let store = collaborators.stores.store(of: id) else { throw .accountNotFound }
        let found: DirectoryAccount?
        do {
            found = try await store.account(id)
        } catch {
            throw .storeUnavailable(id.store)
        }
        guard let account = found else { throw .accountNotFound }
        return account
    }

    /// One transaction: the rule, the change, the history, the notices. What was there already leaves no trace.
    private func write(
        _ kind: AuditKind, _ session: Session, _ facts: Facts, _ origin: Origin,
        _ change: @escaping @Sendable (Transaction) throws -> (link: AccountLink?, isChanged: Bool)
    ) async throws -> (link: AccountLink?, isChanged: Bool) {
        let done = try await collaborators.database.write { [collaborators] transaction in
            // The lock of the history's chain makes replicas take turns: there are no chains of links, even for a moment.
            try transaction.enlist(collaborators.audit)
            try decide(facts, transaction)
            let addresses = try addresses(facts, transaction)
            let done = try change(transaction)
            guard done.isChanged else { return done }
            try tell(kind == .link ? .accountLinked : .accountUnlinked, facts, addresses, transaction)
            let event = AuditEvent(kind, by: .desk(session, origin), at: collaborators.clock.now())
                .about(facts.account.id).with { $0.detail = LinkStore.historyDetail(master: facts.master.id) }
            _ = try collaborators.audit.append(event, in: transaction)
            return done
        }
        collaborators.wakeOutbox()
        return done
    }

    private func decide(_ facts: Facts, _ connection: any Connection) throws {
        let members = try [facts.account, facts.master].map { account in
            let role = facts.roles.role(of: account)
            return LinkRule.Member(
                account: account.id, samePerson: try LinkStore.samePerson(as: account.id, connection),
                operatorRank: role.flatMap { $0.isOperator ? $0.priority : nil })
        }
        if let refusal = LinkRule.decide(by: facts.administrator, on: members).refusal {
            throw AuthError.refused(refusal)
        }
    }

    /// Every address of both, once.
    private func addresses(_ facts: Facts, _ connection: any Connection) throws -> Set<OwnerNotice.Address> {
        let notice = OwnerNotice(collaborators: collaborators, language: nil)
        let enrolled = try [facts.account, facts.master].flatMap {
            try notice.enrolledAddresses(of: $0.id, connection)
        }
        return Set(enrolled + facts.account.noticeAddresses + facts.master.noticeAddresses)
    }

    private func tell(
        _ kind: MessageKind, _ facts: Facts, _ addresses: Set<OwnerNotice.Address>, _ transaction: Transaction
    ) throws {
        let fields = [
            "store": storeName(facts.account), "otherLogin": facts.master.login, "otherStore": storeName(facts.master),
        ]
        try OwnerNotice(collaborators: collaborators, language: facts.master.language).enqueue(
            kind, to: addresses.sorted { $0.text < $1.text }, login: facts.account.login, fields: fields, transaction)
    }

    private func storeName(_ account: DirectoryAccount) -> String {
        collaborators.stores.store(of: account.id)?.name ?? account.id.store.text
    }
}
