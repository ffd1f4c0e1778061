/// Why there is no result of an operation. The texts are for the log.
enum LDAPFailure: Error, Sendable, Equatable {
    /// No server could be reached, or none let the service account in; nothing was sent.
    case unreachable(String)
    /// The request did not leave this program.
    case notSent(String)
    /// The request was sent and its answer was not seen: the connection broke, or the deadline passed.
    case lost(String)
    /// The answer is not what it should be.
    case malformed(String)

    /// What happened, for the log.
    var reason: String {
        switch self {
        case .unreachable(let text), .notSent(let text), .lost(let text), .malformed(let text): text
        }
    }
}

extension StoreError {
    /// What a failure means where nothing was to be written.
    init(reading failure: LDAPFailure) {
        switch failure {
        case .unreachable(let text), .notSent(let text), .lost(let text): self = .unavailable(text)
        case .malformed(let text): self = .malformed(text)
        }
    }

    /// What a failure means where something was to be written: only a request that never left is known to have done
    /// nothing, the rest is settled by reading (CR-04).
    init(writing failure: LDAPFailure) {
        switch failure {
        case .unreachable(let text), .notSent(let text): self = .unavailable(text)
        case .lost(let text), .malformed(let text): self = .outcomeUnknown(text)
        }
    }
}
