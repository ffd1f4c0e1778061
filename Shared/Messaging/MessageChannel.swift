import Model

/// A way out for messages of one kind of address.
public protocol MessageChannel: Sendable {
    /// The addresses it serves.
    var kind: MessageChannelKind { get }
    /// Hands the message over, or says why not. A message may come twice (CR-05), with the same id and date.
    func deliver(_ message: RenderedMessage) async throws(DeliveryError)
    /// Finds out whether messages would be taken, without sending one, as far as that can be asked.
    func check() async throws(DeliveryError)
}

extension MessageChannel {
    /// Nothing can be asked.
    public func check() async throws(DeliveryError) {}
}

/// A message in its final words.
public struct RenderedMessage: Sendable {
    /// The id; the same at every try.
    public let id: MessageID
    /// What it is about.
    public let kind: MessageKind
    /// How it travels.
    public let channel: MessageChannelKind
    /// The number (E.164) or mail address.
    public let to: String
    /// The subject; empty for SMS.
    public let subject: String
    /// The text.
    public let text: String
    /// The text as a web page; `nil` for SMS.
    public let html: String?
    /// When it was written; the same at every try.
    public let created: Timestamp

    /// Makes a message of its parts.
    public init(
        id: MessageID, kind: MessageKind, channel: MessageChannelKind, content: MessageContent, created: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.channel = channel
        to = content.to
        subject = content.subject
        text = content.text
        html = content.html
        self.created = created
    }
}

/// The parts of a message that are nobody's business but the owner's.
public struct MessageContent: Sendable, Equatable {
    /// The number (E.164) or mail address.
    public let to: String
    /// The subject; empty for SMS.
    public let subject: String
    /// The text.
    public let text: String
    /// The text as a web page; `nil` for SMS.
    public let html: String?
    /// The language it was written in.
    public let language: MessageLanguage

    /// Makes it of its parts.
    public init(
        to: String, subject: String, text: String, html: String? = nil, language: MessageLanguage = .english
    ) {
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.language = language
    }
}

/// Why a message was not taken. The reason is a stable code for operators and logs, without names or addresses.
public enum DeliveryError: Error, Sendable, Equatable {
    /// It may be taken later; not before `retryAfter`, where the server named a span.
    case temporary(reason: String, retryAfter: Duration? = nil)
    /// It will never be taken.
    case permanent(reason: String)
    /// An administrator has to act (password, certificate, account); messages wait meanwhile.
    case misconfigured(reason: String)

    /// The code.
    public var reason: String {
        switch self {
        case .temporary(let reason, _), .permanent(let reason), .misconfigured(let reason): reason
        }
    }
}
