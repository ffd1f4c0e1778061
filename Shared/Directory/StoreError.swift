/// Why an identity store did not do what it was asked.
public enum StoreError: Error, Sendable, Equatable {
    /// The store cannot be reached or is busy past its deadline; nothing was written. The text is for the log.
    case unavailable(String)
    /// A write was begun and its end was not seen; settle by reading (CR-04). The text is for the log.
    case outcomeUnknown(String)
    /// The entry is not there.
    case notFound
    /// The directory's policy refuses the password (PW-01): a stable code and a sentence for people.
    case refused(code: String, message: String)
    /// The store cannot do this; a sentence for the operator.
    case unsupported(String)
    /// Somebody else changed the entry in the same moment; nothing was written.
    case conflict
    /// The store answers, but not what it should (a damaged entry, an unexpected value). The text is for the log.
    case malformed(String)
}
