import Model
import Policy
import SQL

/// The facts a verification is decided on, in two halves: people and roles from the directory before the transaction,
/// enrollments and failures from the database within it.
struct VerificationFacts: Sendable {
    let actor: LiveRole
    let targets: [LiveRole]
    let subject: LiveRole
    let samePerson: Set<AccountID>

    /// Asks the directory for everybody involved, and the database for who belongs together.
    static func load(
        _ session: Session, accounts: [AccountID], _ collaborators: Collaborators
    ) async throws -> VerificationFacts {
        try await load(LiveRole.ofOperator(session, collaborators), accounts: accounts, collaborators)
    }

    /// The same for an operator who is known already.
    static func load(
        _ actor: LiveRole, accounts: [AccountID], _ collaborators: Collaborators
    ) async throws -> VerificationFacts {
        var targets: [LiveRole] = []
        for account in accounts { targets.append(try await LiveRole.find(account, collaborators)) }
        guard let first = accounts.first else { throw AuthError.accountNotFound }
        let (master, samePerson) = try await collaborators.database.read { connection in
            (try LinkStore.master(of: first, connection), try LinkStore.samePerson(as: first, connection))
        }
        guard Set(accounts).isSubset(of: samePerson) else { throw AuthError.refused(.accountsNotLinked) }
        let known = targets.first { $0.account.id == master }
        let subject: LiveRole
        if let known { subject = known } else { subject = try await LiveRole.find(master, collaborators) }
        return VerificationFacts(actor: actor, targets: targets, subject: subject, samePerson: samePerson)
    }

    /// Whether the operator may act on every one of the accounts, as far as the auth service can tell; protected
    /// groups and what a store can do are the helpdesk service's to check.
    ///
    /// - Returns: whether a proof is demanded for any of them.
    func decideAction(_ action: HelpdeskAction, isEnrolled: Bool) throws(Refusal) -> Bool {
        let role = actor.role
        let person = ActionRule.Operator(
            account: actor.account.id, permissions: role.permissions, scope: role.scope, desk: role.helpdesk,
            rank: role.priority)
        var needsProof = false
        for target in targets {
            let facts = ActionRule.Target(
                account: target.account.id, samePerson: samePerson, container: target.account.container,
                isEnrolled: isEnrolled, isProtected: false,
                operatorRank: target.role.isOperator ? target.role.priority : nil, canUnlock: true)
            if try ActionRule.decide(action, by: person, on: facts).get().needsProof { needsProof = true }
        }
        return needsProof
    }

    /// What has to be verified as things stand now.
    func requirement(
        action: HelpdeskAction, at now: Timestamp, _ collaborators: Collaborators, _ connection: any Connection
    ) throws -> VerificationRequirement {
        let master = subject.account.id
        let enrolled = Set(try EnrollmentStore.all(of: master, connection).map(\.type))
        let questions = try AnswerStore.all(of: master, connection)
        do {
            let needsProof = try decideAction(action, isEnrolled: !enrolled.isEmpty)
            return try VerificationRule.decide(
                VerificationRule.Facts(
                    desk: actor.role.helpdesk, user: subject.role.authentication, enrolled: enrolled,
                    locked: try FailureStore.locked(master, at: now, connection),
                    questionsEnrolled: questions.count,
                    questionsAsked: collaborators.limits[SecurityLimits.questionsAsked],
                    failedTooOften: try FailureStore.hasTooMany(master, at: now, collaborators.limits, connection),
                    proofDemanded: needsProof)
            ).get()
        } catch let refusal as Refusal {
            throw AuthError.refused(refusal)
        }
    }
}
