import Audit
import AuthAPI
import Model
import Policy
import SQL
import StrictJSON

/// What an act takes besides the proof of the caller: whether it is a second person, who is asked, and whether they have
/// said yes. A request is bound to one account, one action and one operator, and used once.
struct AskSecondPerson: Sendable {
    let collaborators: Collaborators
    let origin: Origin

    /// Why the act takes one as things stand now; `nil`: it does not.
    func reason(
        for action: HelpdeskAction, _ facts: VerificationFacts, _ connection: any Connection
    ) throws -> ApprovalReason? {
        let span = collaborators.limits.seconds(SecurityLimits.secondPersonAfterUnenrollSeconds)
        let since = collaborators.clock.now() - span
        return SecondPersonRule.reason(
            for: SecondPersonRule.Facts(
                action: action, mode: facts.actor.role.helpdesk.mode,
                wasWeakened: try WeakeningStore.hasAny(of: facts.subject.account.id, since: since, connection)))
    }

    /// Asks, unless the operator's request for this act still stands.
    func ask(
        because reason: ApprovalReason, for verification: Verification, _ session: Session, _ transaction: Transaction
    ) throws {
        let now = collaborators.clock.now()
        let standing = try ApprovalStore.live(
            verification.subject, verification.action, by: session.account, at: now, transaction)
        guard standing == nil else { return }
        let approval = Approval(
            id: collaborators.random.identifier(), account: verification.subject, action: verification.action,
            operatorAccount: session.account, reason: reason, status: .pending, createdAt: now,
            expires: now + collaborators.limits.seconds(SecurityLimits.approvalSeconds))
        try ApprovalStore.insert(approval, transaction)
        let event = AuditEvent(.approval, by: .desk(session, origin), at: now)
            .about(verification.subject, action: verification.action.rawValue).because("asked")
            .with {
                $0.verification = verification.id
                $0.detail = approval.historyDetail
            }
        _ = try collaborators.audit.append(event, in: transaction)
    }

    /// Spends the approval on an operation.
    ///
    /// - Throws: the refusal, while nobody has said yes.
    func spend(
        _ verification: Verification, on operation: OperationID, _ transaction: Transaction
    ) throws {
        let now = collaborators.clock.now()
        let standing = try ApprovalStore.live(
            verification.subject, verification.action, by: verification.operatorAccount, at: now, transaction)
        guard let standing, standing.status == .approved,
            try ApprovalStore.use(standing.id, for: operation, at: now, transaction)
        else {
            throw AuthError.refused(standing?.status == .declined ? .secondPersonDeclined : .secondPersonNeeded)
        }
        let event = AuditEvent(.approval, by: .desk(verification, origin), at: now)
            .about(verification.subject, action: verification.action.rawValue).because("used")
            .with {
                $0.verification = verification.id
                $0.operation = operation
                $0.detail = standing.historyDetail
            }
        _ = try collaborators.audit.append(event, in: transaction)
    }
}

extension Approval {
    /// What the history says of it besides account and action.
    var historyDetail: [JSONMember] {
        [
            JSONMember(name: "approval", value: .string(id.text)),
            JSONMember(name: "why", value: .string(reason.rawValue)),
        ]
    }
}
