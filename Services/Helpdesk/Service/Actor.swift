import Audit
import AuthClient
import Model

/// Who did something, from where: the half of a history row that is the same for all rows of one request.
struct Actor: Sendable {
    let kind: AuditActorKind
    let account: AccountID?
    let session: SessionID?
    let origin: ClientOrigin?

    /// A signed-in operator.
    static func desk(_ person: SignedIn) -> Actor {
        Actor(kind: .operator, account: person.account, session: person.session, origin: person.origin)
    }

    /// The owner of an account, who is not signed in.
    static func owner(_ account: AccountID, _ origin: ClientOrigin) -> Actor {
        Actor(kind: .endUser, account: account, session: nil, origin: origin)
    }

    /// The owner who used a link.
    static func owner(_ operation: Operation) -> Actor { owner(operation.subject, operation.origin) }

    /// This service by itself.
    static let system = Actor(kind: .system, account: nil, session: nil, origin: nil)

    /// Whoever did what an operation is about.
    static func of(_ operation: Operation) -> Actor {
        operation.authority == .ownersLink ? .owner(operation) : .desk(operation)
    }

    /// The operator an operation belongs to.
    static func desk(_ operation: Operation) -> Actor {
        Actor(
            kind: .operator, account: operation.operatorAccount, session: operation.session, origin: operation.origin)
    }
}

/// Somebody who called with a valid access token.
struct SignedIn: Sendable {
    let account: AccountID
    let session: SessionID
    /// The token itself, to be shown to the auth service (ST-01).
    let credentials: OperatorCredentials

    var origin: ClientOrigin { credentials.origin }
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
