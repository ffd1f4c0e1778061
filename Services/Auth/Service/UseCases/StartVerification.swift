import Audit
import AuthAPI
import Model
import Policy
import SQL

/// Starts to prove one caller, for one action, by one operator (VS-01, VS-02).
///
/// What has to be verified comes from the two roles and the enrollments, never from the request (VS-03). An account has
/// one open verification: a new one cancels the old, also another operator's, which the history shows (VS-07).
struct StartVerification: Sendable {
    let collaborators: Collaborators

    func run(_ session: Session, _ request: VerificationStart, origin: Origin) async throws -> VerificationState {
        do {
            let facts = try await VerificationFacts.load(session, accounts: request.accounts, collaborators)
            return try await collaborators.database.write { transaction in
                try start(session, request, facts, origin, transaction)
            }
        } catch AuthError.refused(let refusal) {
            try await recordRefusal(refusal, session, request, origin)
            throw AuthError.refused(refusal)
        }
    }

    private func start(
        _ session: Session, _ request: VerificationStart, _ facts: VerificationFacts, _ origin: Origin,
        _ transaction: Transaction
    ) throws -> VerificationState {
        let now = collaborators.clock.now()
        // The lock of the history's chain makes replicas take turns: of two starts one sees the other's (VS-07).
        try transaction.enlist(collaborators.audit)
        let requirement = try facts.requirement(action: request.action, at: now, collaborators, transaction)
        let subject = facts.subject.account.id
        try cancelOpen(of: subject, for: session, origin, transaction)
        let expires = now + collaborators.limits.seconds(SecurityLimits.verificationSeconds)
        let verification = Verification(
            id: collaborators.random.identifier(), subject: subject, accounts: request.accounts,
            operatorAccount: session.account, session: session.id, action: request.action,
            policyVersion: facts.actor.policyVersion, requirement: requirement,
            language: facts.subject.account.language, status: .created, createdAt: now, usedAt: now, expiresAt: expires,
            codeUntil: now, wrongAnswers: 0, operation: nil, proof: nil)
        try VerificationStore.insert(verification, transaction)
        if requirement.eligible.contains(.securityQuestions) {
            let asked = try askedQuestions(of: subject, count: requirement.questions.asked, transaction)
            try VerificationQuestionStore.insert(asked, in: verification.id, transaction)
        }
        let events = VerificationEvents(verification: verification, origin: origin, now: now)
        _ = try collaborators.audit.append(events.started, in: transaction)
        let secondPerson = AskSecondPerson(collaborators: collaborators, origin: origin)
        if let reason = try secondPerson.reason(for: request.action, facts, transaction) {
            try secondPerson.ask(because: reason, for: verification, session, transaction)
        }
        return try VerificationView(collaborators: collaborators).state(of: verification, at: now, transaction)
    }

    private func cancelOpen(
        of subject: AccountID, for session: Session, _ origin: Origin, _ transaction: Transaction
    ) throws {
        let now = collaborators.clock.now()
        guard let open = try VerificationStore.findOpen(of: subject, transaction) else { return }
        let isOver = open.isOver(at: now, limits: collaborators.limits)
        _ = try VerificationStore.move(
            open.id, from: open.status, to: isOver ? .expired : .canceled, at: now, transaction)
        let takenOver = open.operatorAccount != session.account
        let event = AuditEvent(.verification, .failure, by: .desk(session, origin), at: now)
            .about(subject, action: open.action.rawValue)
            .because(isOver ? "expired" : takenOver ? "takenOver" : "canceled").with { $0.verification = open.id }
        _ = try collaborators.audit.append(event, in: transaction)
    }

    /// The set stays for the account until it has been answered; it only grows where a policy asks for more (SQ-03).
    private func askedQuestions(
        of account: AccountID, count: Int, _ transaction: Transaction
    ) throws -> [QuestionID] {
        let answerable = try AnswerStore.all(of: account, transaction).map(\.question)
        var asked = try AskedQuestionStore.all(of: account, transaction).filter(answerable.contains)
        var left = answerable.filter { !asked.contains($0) }
        var added: [QuestionID] = []
        while asked.count + added.count < count, !left.isEmpty {
            added.append(left.remove(at: collaborators.random.number(below: left.count)))
        }
        try AskedQuestionStore.add(added, startingAt: asked.count, of: account, transaction)
        asked += added
        return Array(asked.prefix(count))
    }

    private func recordRefusal(
        _ refusal: Refusal, _ session: Session, _ request: VerificationStart, _ origin: Origin
    ) async throws {
        let event = AuditEvent(.refusal, .failure, by: .desk(session, origin), at: collaborators.clock.now())
            .about(request.accounts.first, action: request.action.rawValue).because(refusal.rawValue)
        try await collaborators.database.write { [collaborators] in
            _ = try collaborators.audit.append(event, in: $0)
        }
    }
}
