import Audit
import AuthAPI
import Model
import Policy
import SQL

/// The second person: sees what waits in the role's stores, and says yes or no to it, never to what they asked for
/// themselves or to what concerns their own account.
struct DecideApproval: Sendable {
    let collaborators: Collaborators
    let origin: Origin

    private static let mostListed = 1_000

    func pending(for session: Session) async throws -> ApprovalList {
        let role = try await supervisor(session)
        let now = collaborators.clock.now()
        let pending = try await collaborators.database.read { connection in
            try ApprovalStore.pending(of: role.scope, at: now, limit: Self.mostListed, connection)
        }
        return ApprovalList(approvals: pending)
    }

    func run(
        _ id: ApprovalID, _ choice: ApprovalDecision.Choice, by session: Session
    ) async throws -> Approval {
        do {
            let role = try await supervisor(session)
            return try await collaborators.database.write { transaction in
                try decide(id, choice, role, session, transaction)
            }
        } catch AuthError.refused(let refusal) {
            try await recordRefusal(refusal, id, session)
            throw AuthError.refused(refusal)
        }
    }

    private func supervisor(_ session: Session) async throws -> Role {
        let role = try await LiveRole.ofOperator(session, collaborators).role
        guard role.permissions.contains(.supervise) else { throw AuthError.refused(.permissionMissing) }
        return role
    }

    private func decide(
        _ id: ApprovalID, _ choice: ApprovalDecision.Choice, _ role: Role, _ session: Session,
        _ transaction: Transaction
    ) throws -> Approval {
        try transaction.enlist(collaborators.audit)
        let now = collaborators.clock.now()
        guard let approval = try ApprovalStore.find(id, transaction) else { throw AuthError.approvalNotFound }
        guard role.scope.contains(approval.account.store) else { throw AuthError.refused(.storeOutOfScope) }
        if try LinkStore.samePerson(as: approval.operatorAccount, transaction).contains(session.account) {
            throw AuthError.refused(.ownRequest)
        }
        if try LinkStore.samePerson(as: approval.account, transaction).contains(session.account) {
            throw AuthError.refused(.ownAccount)
        }
        try refuseWeakener(session, of: approval.account, transaction)
        let status: ApprovalStatus = choice == .approve ? .approved : .declined
        guard try ApprovalStore.decide(id, status, by: session.account, at: now, transaction) else {
            throw AuthError.approvalNotOpen
        }
        let event = AuditEvent(.approval, by: .desk(session, origin), at: now)
            .about(approval.account, action: approval.action.rawValue).because(status.rawValue)
            .with { $0.detail = approval.historyDetail }
        _ = try collaborators.audit.append(event, in: transaction)
        guard let decided = try ApprovalStore.find(id, transaction) else { throw AuthError.approvalNotFound }
        return decided
    }

    /// Two acts by one person are not two persons: who removed the factor does not approve the reset that follows it.
    private func refuseWeakener(
        _ session: Session, of account: AccountID, _ transaction: Transaction
    ) throws {
        let span = collaborators.limits.seconds(SecurityLimits.secondPersonAfterUnenrollSeconds)
        let since = collaborators.clock.now() - span
        for weakener in try WeakeningStore.operators(of: account, since: since, transaction)
        where try LinkStore.samePerson(as: weakener, transaction).contains(session.account) {
            throw AuthError.refused(.ownUnenrollment)
        }
    }

    private func recordRefusal(
        _ refusal: Refusal, _ id: ApprovalID, _ session: Session
    ) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            let approval = try ApprovalStore.find(id, transaction)
            let event = AuditEvent(.refusal, .failure, by: .desk(session, origin), at: collaborators.clock.now())
                .about(approval?.account, action: approval?.action.rawValue).because(refusal.rawValue)
                .with { $0.detail = approval?.historyDetail ?? [] }
            _ = try collaborators.audit.append(event, in: transaction)
        }
    }
}
