/// Whether an interrupted write happened, decided by reading the directory (CR-04).
public enum Settlement: String, Sendable {
    /// The write happened.
    case applied
    /// The write did not happen.
    case notApplied
    /// Reading cannot decide: the account has changed since by somebody else, or is gone. Said so, and alarmed.
    case unknown
}
