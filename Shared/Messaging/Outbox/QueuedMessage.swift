import Model
import StrictJSON

/// One message as those who keep the service see it: never its address or its text (N4).
public struct QueuedMessage: Sendable, Equatable {
    /// How it is doing.
    public let status: DeliveryStatus
    /// The subject of its kind, which names nobody.
    public let subject: String
    /// When it was written.
    public let created: Timestamp
    /// When it was last tried.
    public let lastAttempt: Timestamp?
    /// From when on it is too late to be of use.
    public let expires: Timestamp?
    /// When it was sent or given up.
    public let finished: Timestamp?

    /// As it goes over the wire.
    public var json: JSON {
        .object([
            "id": .string(status.message.text), "kind": .string(status.kind.rawValue),
            "channel": .string(status.channel.rawValue), "to": .string(status.masked), "subject": .string(subject),
            "state": .string(status.state.rawValue), "attempts": .integer(Int64(status.attempts)),
            "lastError": status.lastError.map(JSON.string), "created": time(created),
            "lastAttempt": lastAttempt.map(time), "nextAttempt": status.nextAttempt.map(time),
            "expires": expires.map(time), "finished": finished.map(time),
        ])
    }

    private func time(_ moment: Timestamp) -> JSON { .string(moment.rfc3339) }
}

/// Which messages to list.
public struct QueueFilter: Sendable, Equatable {
    /// The states; empty: all.
    public var states: Set<DeliveryState> = []
    /// The channel; `nil`: all.
    public var channel: MessageChannelKind?

    /// Everything.
    public init() {}
}

/// The place in the list where a page ends.
public struct QueuePosition: Sendable, Equatable {
    /// When the last message of the page was written.
    public let created: Timestamp
    /// Which it was.
    public let id: MessageID

    /// Names a place.
    public init(created: Timestamp, id: MessageID) {
        self.created = created
        self.id = id
    }
}

/// What became of somebody's wish about a message.
public enum QueueChange: Sendable, Equatable {
    /// It was done.
    case done(MessageKind)
    /// There is no such message.
    case notFound
    /// Its state does not allow that.
    case notPossible(DeliveryState)
}
