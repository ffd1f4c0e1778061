import Model

/// Which rows of the history are wanted; what is `nil` or empty does not narrow (H1).
public struct AuditFilter: Sendable, Equatable {
    /// Rows about or by one of these accounts: somebody's own history, linked accounts included.
    public var accounts: [AccountID] = []
    /// Rows about this account.
    public var subject: AccountID?
    /// Rows by this account.
    public var actor: AccountID?
    /// Performed by end user, operator, service, system.
    public var actorKinds: Set<AuditActorKind> = []
    /// Kinds.
    public var kinds: Set<AuditKind> = []
    /// Outcomes.
    public var outcomes: Set<AuditOutcome> = []
    /// Stores.
    public var stores: Set<StoreID> = []
    /// Authentication types.
    public var types: Set<AuthenticationType> = []
    /// What was being done.
    public var action: String?
    /// The operation.
    public var operation: OperationID?
    /// The verification.
    public var verification: VerificationID?
    /// Text in the device's description (user agent) or address, upper and lower case alike for ASCII.
    public var device: String?
    /// Not before.
    public var from: Timestamp?
    /// Before.
    public var until: Timestamp?

    /// Everything.
    public init() {}
}

/// A place between two rows of a listing, newest first.
public struct AuditPosition: Sendable, Hashable {
    /// When the last row shown happened.
    public let at: Timestamp
    /// Its number.
    public let sequence: Int64

    /// After a row.
    public init(at: Timestamp, sequence: Int64) {
        self.at = at
        self.sequence = sequence
    }
}
