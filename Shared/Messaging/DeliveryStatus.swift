import Model

/// How far a message has come.
public enum DeliveryState: String, CaseIterable, Sendable {
    /// Waits to be released or discarded.
    case held
    /// Waits to be sent, for the first time or again.
    case ready
    /// A worker has it.
    case sending
    /// The mail server or gateway has taken it.
    case sent
    /// Given up: refused for good, or 24 hours of trying.
    case dead
    /// Too late to be of use; not sent.
    case expired
    /// Its sender decided that it must not go out.
    case discarded
}

/// What an operator may know of a message.
public struct DeliveryStatus: Sendable, Equatable {
    /// The message.
    public let message: MessageID
    /// What it is about.
    public let kind: MessageKind
    /// How it travels.
    public let channel: MessageChannelKind
    /// The address with all but its ends hidden (PR-01).
    public let masked: String
    /// How far it has come.
    public let state: DeliveryState
    /// How often it was tried.
    public let attempts: Int
    /// Why the last try failed, as a stable code such as `smtp_451`; never the server's words, which may name people.
    public let lastError: String?
    /// When it will be tried again.
    public let nextAttempt: Timestamp?
}
