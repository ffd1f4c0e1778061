import Model

/// A message to be sent, as a use case describes it.
public struct OutboxMessage: Sendable {
    /// The id, also the stable part of a mail's Message-ID.
    public let id: MessageID
    /// What it is about.
    public let kind: MessageKind
    /// How it travels.
    public let channel: MessageChannelKind
    /// The number (E.164) or mail address.
    public let address: String
    /// Exactly the fields of the kind, by raw value of `MessageField`.
    public let fields: [String: String]
    /// The languages its reader prefers, as a directory or a browser states them; `nil`: the service's own.
    public var language: String?
    /// The sender's own words in place of the template's.
    public var ownWords: OwnWords?
    /// Not sent at or after this moment (CR-05); `nil` for a message that is never too late.
    public var expires: Timestamp?
    /// The verification or operation it belongs to, by which it is released, discarded and asked about.
    public var group: String?
    /// It waits for `release(group:in:)` instead of being sent once committed.
    public var held = false

    /// Describes a message. Expiry, group and holding back are set afterwards.
    public init(
        id: MessageID, kind: MessageKind, channel: MessageChannelKind, address: String, fields: [String: String]
    ) {
        self.id = id
        self.kind = kind
        self.channel = channel
        self.address = address
        self.fields = fields
    }
}
