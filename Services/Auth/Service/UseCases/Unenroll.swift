import Audit
import AuthAPI
import Directory
import Messaging
import Model
import Policy
import SQL
import StrictJSON

/// Removes what an account is enrolled with, for an operator of the help desk (E2).
///
/// The enrollment of a linked account is its master's, so both have to be in the operator's reach. What is open for the
/// account meanwhile finds the type gone: it is no longer offered, and what was verified with it proves nothing (VS-06).
struct Unenroll: Sendable {
    let collaborators: Collaborators

    func run(
        _ account: AccountID, _ types: Set<AuthenticationType>, key: String, by session: Session, origin: Origin
    ) async throws -> Unenrollment {
        let names = types.map(\.rawValue).sorted().joined(separator: " ")
        let text = "unenroll\u{0}\(account.text)\u{0}\(names)"
        let request = IdempotentRequest(
            operatorAccount: session.account, key: key,
            fingerprint: collaborators.keyring.mac(Array(text.utf8), purpose: "idempotent-request"))
        if let kept = try await collaborators.database.read({ try IdempotencyStore.answer(to: request, $0) }) {
            return try Unenrollment(bytes: Array(kept.utf8))
        }
        do {
            let facts = try await facts(account, session)
            let answer = try await collaborators.database.write { transaction in
                try remove(types, facts, request, .desk(session, origin), transaction)
            }
            collaborators.wakeOutbox()
            return answer
        } catch AuthError.refused(let refusal) {
            try await recordRefusal(refusal, account, session, origin)
            throw AuthError.refused(refusal)
        }
    }

    private struct Facts: Sendable {
        let account: LiveRole
        let master: LiveRole
    }

    /// The account and its master, each in the operator's reach.
    private func facts(_ id: AccountID, _ session: Session) async throws -> Facts {
        let role = try await LiveRole.ofOperator(session, collaborators).role
        let actor = ActionRule.Operator(
            account: session.account, permissions: role.permissions, scope: role.scope, desk: role.helpdesk,
            rank: role.priority)
        let (masterID, samePerson) = try await collaborators.database.read { connection in
            (try LinkStore.master(of: id, connection), try LinkStore.samePerson(as: id, connection))
        }
        let account = try await LiveRole.find(id, collaborators)
        let master = masterID == id ? account : try await LiveRole.find(masterID, collaborators)
        for live in [account, master] {
            let target = ActionRule.Target(
                account: live.account.id, samePerson: samePerson, container: live.account.container,
                isEnrolled: true, isProtected: false, operatorRank: live.role.isOperator ? live.role.priority : nil,
                canUnlock: true)
            if let refusal = UnenrollRule.decide(by: actor, on: target).refusal { throw AuthError.refused(refusal) }
        }
        return Facts(account: account, master: master)
    }

    /// One transaction: enrollments, history, notices, the answer.
    private func remove(
        _ types: Set<AuthenticationType>, _ facts: Facts, _ request: IdempotentRequest, _ actor: Actor,
        _ transaction: Transaction
    ) throws -> Unenrollment {
        // The lock of the history's chain makes replicas take turns: of two requests with one key, one does it.
        try transaction.enlist(collaborators.audit)
        if let kept = try IdempotencyStore.answer(to: request, transaction) {
            return try Unenrollment(bytes: Array(kept.utf8))
        }
        let master = facts.master.account.id
        guard try LinkStore.master(of: facts.account.account.id, transaction) == master else {
            throw AuthError.refused(.accountsNotLinked)
        }
        let now = collaborators.clock.now()
        let enrolled = Set(try EnrollmentStore.all(of: master, transaction).map(\.type))
        let removed = types.intersection(enrolled)
        guard !removed.isEmpty else { throw AuthError.notEnrolled }
        // Before the rows go: the address removed hears of it too (R8).
        try tell(removed, facts, transaction)
        for type in removed.sorted(by: { $0.rawValue < $1.rawValue }) {
            try remove(type, of: master, transaction)
            let event = AuditEvent(.unenroll, by: actor, at: now).about(master)
                .with { $0.type = type }
            _ = try collaborators.audit.append(event, in: transaction)
        }
        if UnenrollRule.weakens(removed, under: facts.master.role.authentication) {
            try WeakeningStore.note(master, by: request.operatorAccount, at: now, transaction)
        }
        let answer = Unenrollment(account: master, removed: removed, remaining: enrolled.subtracting(removed))
        let text = String(decoding: answer.json.serialized(), as: UTF8.self)
        try IdempotencyStore.keep(text, for: request, at: now, transaction)
        return answer
    }

    /// The row and all that belongs to it. Failures stay counted: removing a factor is no way to new tries.
    private func remove(_ type: AuthenticationType, of account: AccountID, _ transaction: Transaction) throws {
        _ = try EnrollmentStore.remove(account, type, transaction)
        try PendingEnrollmentStore.remove(account, type, transaction)
        guard type == .securityQuestions else { return }
        try AnswerStore.removeAll(of: account, transaction)
        try AskedQuestionStore.clear(account, transaction)
    }

    private func tell(_ removed: Set<AuthenticationType>, _ facts: Facts, _ transaction: Transaction) throws {
        let master = facts.master.account
        let notice = OwnerNotice(collaborators: collaborators, language: master.language)
        let addresses = try Set(
            notice.enrolledAddresses(of: master.id, transaction) + master.noticeAddresses
                + facts.account.account.noticeAddresses
        ).sorted { $0.text < $1.text }
        for type in removed.sorted(by: { $0.rawValue < $1.rawValue }) {
            try notice.enqueue(
                .factorUnenrolled, to: addresses, login: master.login, fields: ["factor": type.rawValue], transaction)
        }
    }

    private func recordRefusal(
        _ refusal: Refusal, _ account: AccountID, _ session: Session, _ origin: Origin
    ) async throws {
        let event = AuditEvent(.refusal, .failure, by: .desk(session, origin), at: collaborators.clock.now())
            .about(account, action: Permission.unenroll.rawValue).because(refusal.rawValue)
        try await collaborators.database.write { [collaborators] in
            _ = try collaborators.audit.append(event, in: $0)
        }
    }
}
