import Model

/// A message that one worker may try to send until its lease ends.
struct ClaimedMessage: Sendable {
    let message: RenderedMessage
    let facts: AttemptFacts
    /// Drawn for this attempt: only its holder may record how it went.
    let lease: String
    let leaseEnds: Timestamp
}

/// What decides on the next try.
struct AttemptFacts: Sendable {
    /// Tries so far, this one included.
    let attempts: Int
    /// Since when it may be sent.
    let queued: Timestamp
    let expires: Timestamp?

    /// CR-05: given up after this long.
    static let patience = Duration.seconds(86_400)
}

/// What comes after a failed try.
enum NextStep: Sendable, Equatable {
    case again(at: Timestamp)
    case end(DeliveryState)

    /// A message whose next try would be too late is ended now, so that the operator hears of it while it matters.
    static func after(_ error: DeliveryError, of facts: AttemptFacts, delay: Duration, now: Timestamp) -> NextStep {
        switch error {
        case .permanent: return .end(.dead)
        case .temporary, .misconfigured: return waiting(until: now + delay, facts, now: now)
        }
    }

    static func waiting(until moment: Timestamp, _ facts: AttemptFacts, now: Timestamp) -> NextStep {
        if let expires = facts.expires, moment >= expires { return .end(.expired) }
        let end = facts.queued + AttemptFacts.patience
        return now >= end ? .end(.dead) : .again(at: min(moment, end))
    }
}

/// What a worker got when it asked for work.
enum Claim: Sendable {
    /// Nothing is due.
    case nothing
    case deliver(ClaimedMessage)
    /// A message was due but is not to be sent now.
    case set(aside: Settlement)
}

/// How a try, or a message that was not tried, ended up.
struct Settlement: Sendable {
    let id: MessageID
    let kind: MessageKind
    let state: DeliveryState
    let attempts: Int
    let error: DeliveryError?
}
