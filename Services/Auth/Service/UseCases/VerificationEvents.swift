import Audit
import Model

/// The history rows of a verification.
struct VerificationEvents: Sendable {
    let verification: Verification
    let origin: Origin
    let now: Timestamp

    var started: AuditEvent { event(.verification).because("started") }

    func codeSent(_ type: AuthenticationType) -> AuditEvent { event(.codeSent, type: type) }

    func checked(_ type: AuthenticationType, isRight: Bool) -> AuditEvent {
        event(.authenticate, isRight ? .success : .failure, type: type)
    }

    func locked(_ type: AuthenticationType) -> AuditEvent {
        event(.lockout, type: type).because("tooManyFailures")
    }

    func redeemed(_ operation: OperationID) -> AuditEvent {
        event(.proof).with { $0.operation = operation }
    }

    private func event(
        _ kind: AuditKind, _ outcome: AuditOutcome = .success, type: AuthenticationType? = nil
    ) -> AuditEvent {
        AuditEvent(kind, outcome, by: .desk(verification, origin), at: now)
            .about(verification.subject, action: verification.action.rawValue)
            .with {
                $0.type = type
                $0.verification = verification.id
            }
    }
}
