/// Marks the id of one request for a second person.
public enum ApprovalKind {}
/// One request for a second person.
public typealias ApprovalID = Identifier<ApprovalKind>

/// Why an act takes a second person's approval.
///
/// The raw value is the name on the wire, in the database and in the history.
public enum ApprovalReason: String, CaseIterable, Sendable, Hashable {
    /// The help desk removed a type that a caller could have been asked for, not long ago.
    case recentUnenrollment
}

/// Where a request for a second person stands.
public enum ApprovalStatus: String, CaseIterable, Sendable, Hashable {
    /// Nobody has decided yet.
    case pending
    case approved
    case declined
    /// The act it was for has been done.
    case used
}
