/// What an audit row is about; a closed list, so that history, filters and dashboard know every kind (H2).
///
/// The raw value is the name in the database, on the wire and in the history.
public enum AuditKind: String, CaseIterable, Sendable, Hashable {
    /// An authentication type was registered, by the owner or at import.
    case enroll
    /// An authentication type was removed.
    case unenroll
    /// One value of one authentication type was checked.
    case authenticate
    /// A factor or an account was locked inside Latchkey after too many failures.
    case lockout
    /// A lock inside Latchkey was lifted by a supervisor.
    case lockoutLifted
    /// A code was sent.
    case codeSent
    /// A secure link was sent, opened for good, voided.
    case secureLink
    /// A password was set by the helpdesk.
    case reset
    /// A password was changed by its owner.
    case change
    /// A directory account was unlocked.
    case unlock
    /// Accounts were linked.
    case link
    /// A link between accounts was removed.
    case unlink
    /// People were notified.
    case notify
    /// Data was exported; the detail holds the number of rows (OP-06).
    case export
    /// Stores, roles, policies, questions or settings were changed (C1).
    case configurationChange
    /// An object of a directory was changed through the user portal (N2).
    case directoryChange
    /// Somebody signed in, or failed to.
    case signIn
    /// Somebody signed out, or a session was ended.
    case signOut
    /// A policy refused an act.
    case refusal
    /// A verification began, was taken over, satisfied, failed, canceled or expired.
    case verification
    /// Verification was skipped (VS-11).
    case verificationSkipped
    /// A proof was redeemed.
    case proof
    /// A second person was asked, approved or declined.
    case approval
    /// A message was queued, delivered or given up.
    case message
    /// An operation was opened, settled or left unknown (CR-04).
    case operation
    /// A key was added or retired, or values were sealed again.
    case keyRotation
    /// Rows older than the retention time were removed from the front of the chain (PR-03).
    case purge
}

/// How it ended.
public enum AuditOutcome: String, CaseIterable, Sendable, Hashable {
    /// As asked.
    case success
    /// Not done; the reason says why.
    case failure
    /// Nobody can tell whether it took place (CR-04).
    case unknown
}

/// In which part somebody acted.
public enum AuditActorKind: String, CaseIterable, Sendable, Hashable {
    /// The owner of the account.
    case endUser
    /// A signed-in operator of the helpdesk.
    case `operator`
    /// The other service.
    case service
    /// This service by itself: a job, a recovery.
    case system
}
