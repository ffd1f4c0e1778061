import AuthAPI
import Messaging
import Model
import Policy
import SQL

/// One verification as its operator may see it.
struct VerificationView: Sendable {
    let collaborators: Collaborators

    func state(
        of verification: Verification, at now: Timestamp, _ connection: any Connection
    ) throws -> VerificationState {
        let verified = try VerifiedTypeStore.all(of: verification.id, connection)
        let needed = verification.requirement.stillNeeded(after: verified)
        let asked = try VerificationQuestionStore.all(of: verification.id, connection)
        let words = try QuestionStore.find(asked.map(\.question), connection)
        var state = VerificationState(
            id: verification.id, status: verification.status, action: verification.action,
            accounts: verification.accounts, isOptional: verification.requirement.isOptional,
            types: try types(verification, verified, at: now, connection),
            questions: asked.compactMap { item in
                words[item.question].map {
                    VerificationState.Question(id: $0.id, text: $0.text, isRight: item.isRight)
                }
            },
            questionsNeeded: asked.isEmpty ? 0 : verification.requirement.questions.right,
            neededTypes: needed.mandatory, neededFurther: needed.further, furtherOf: needed.of,
            expires: verification.expiresAt)
        state.approval = try ApprovalStore.live(
            verification.subject, verification.action, by: verification.operatorAccount, at: now, connection)
        return state
    }

    private func types(
        _ verification: Verification, _ verified: Set<AuthenticationType>, at now: Timestamp,
        _ connection: any Connection
    ) throws -> [VerificationState.OfferedType] {
        let locked = try FailureStore.locked(verification.subject, at: now, connection)
        let order = AuthenticationType.allCases
        return try EnrollmentStore.all(of: verification.subject, connection)
            .sorted { order.firstIndex(of: $0.type) ?? 0 < order.firstIndex(of: $1.type) ?? 0 }
            .map { enrollment in
                let contact = try contact(of: enrollment, collaborators)
                let day = Duration.seconds(86_400)
                return VerificationState.OfferedType(
                    type: enrollment.type,
                    isVerifiable: verification.requirement.eligible.contains(enrollment.type),
                    isVerified: verified.contains(enrollment.type), isLocked: locked.contains(enrollment.type),
                    address: contact?.address,
                    isRecentlyChanged: contact?.changedAt.map { now - $0 < day } ?? false,
                    delivery: try delivery(StoredCode.scope(verification.id, enrollment.type), connection))
            }
    }

    /// What became of the last code, in words for the operator.
    private func delivery(_ scope: String, _ connection: any Connection) throws -> String? {
        guard let code = try CodeStore.find(scope, connection),
            let last = try collaborators.outbox.status(of: code.message, connection)
        else { return nil }
        switch last.state {
        case .held, .ready: return last.attempts == 0 ? "queued" : "delayed"
        case .sending: return "queued"
        case .sent: return "sent"
        case .dead, .expired, .discarded: return "failed"
        }
    }
}
