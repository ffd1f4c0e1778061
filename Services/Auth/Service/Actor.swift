import Audit
import Model

/// Who did something, from where: the half of a history row that is the same for all rows of one request.
struct Actor: Sendable {
    let kind: AuditActorKind
    let account: AccountID?
    let session: SessionID?
    let origin: Origin?

    /// A signed-in person, for themselves.
    static func person(_ session: Session, _ origin: Origin) -> Actor {
        Actor(kind: .endUser, account: session.account, session: session.id, origin: origin)
    }

    /// A signed-in operator, on somebody else's account.
    static func desk(_ session: Session, _ origin: Origin) -> Actor {
        Actor(kind: .operator, account: session.account, session: session.id, origin: origin)
    }

    /// The operator a verification belongs to.
    static func desk(_ verification: Verification, _ origin: Origin) -> Actor {
        Actor(
            kind: .operator, account: verification.operatorAccount, session: verification.session, origin: origin)
    }
}

extension AuditEvent {
    /// A row by this actor; `about` and `with` add the rest.
    init(_ kind: AuditKind, _ outcome: AuditOutcome = .success, by actor: Actor, at now: Timestamp) {
        self.init(kind, outcome, by: actor.kind, actor.account, at: now)
        session = actor.session
        source = actor.origin?.address
        client = actor.origin?.client
    }

    /// The row with its reason, a stable code.
    func because(_ reason: String?) -> AuditEvent {
        with { $0.reason = reason }
    }
}
