import Model
import StrictJSON

/// Where a copied event was recorded first: a place in another service's chain.
public struct AuditOrigin: Sendable, Hashable {
    /// The service whose chain it is.
    public let service: String
    /// The number of the row there.
    public let sequence: Int64

    /// A place in a chain.
    public init(service: String, sequence: Int64) {
        self.service = service
        self.sequence = sequence
    }
}

/// Something that happened and is to be remembered.
///
/// It holds ids, never people: no secret and no full phone number or mail address (AU-03).
public struct AuditEvent: Sendable, Equatable {
    /// What it is about.
    public var kind: AuditKind
    /// How it ended.
    public var outcome: AuditOutcome
    /// The problem code that names why it failed.
    public var reason: String?
    /// In which part somebody acted.
    public var actorKind: AuditActorKind
    /// Who acted; `nil` for services and for somebody who could not be told apart.
    public var actor: AccountID?
    /// Whose account it is about.
    public var subject: AccountID?
    /// The identity store, also where no account is known; the subject's unless set otherwise.
    public var store: StoreID?
    /// What was being done, for example `reset`.
    public var action: String?
    /// The authentication type it is about.
    public var type: AuthenticationType?
    /// The operation it belongs to.
    public var operation: OperationID?
    /// The verification it belongs to.
    public var verification: VerificationID?
    /// The session it was done in.
    public var session: SessionID?
    /// The network address it came from.
    public var source: String?
    /// The program it came from (its user agent); control characters dropped, cut to 256 characters.
    public var client: String? {
        didSet { client = client.map(Self.cleaned) }
    }
    /// More, by name; small.
    public var detail: [JSONMember] = []
    /// Where it was recorded first, for a row copied from another chain.
    public var origin: AuditOrigin?
    /// When it happened.
    public var at: Timestamp

    /// An event; set what else is known about it afterwards.
    public init(
        _ kind: AuditKind, _ outcome: AuditOutcome = .success, by actorKind: AuditActorKind,
        _ actor: AccountID? = nil, at: Timestamp
    ) {
        self.kind = kind
        self.outcome = outcome
        self.actorKind = actorKind
        self.actor = actor
        self.at = at
    }

    /// The same event about an account and an action.
    public func about(_ subject: AccountID?, action: String? = nil) -> AuditEvent {
        var event = self
        event.subject = subject
        event.store = subject?.store ?? store
        event.action = action ?? self.action
        return event
    }

    /// The same event with a change.
    public func with(_ change: (inout AuditEvent) -> Void) -> AuditEvent {
        var event = self
        change(&event)
        return event
    }

    private static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.lazy.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(256))
        return String(scalars)
    }
}
