import Model
import StrictJSON

/// How a message looks, filled in with samples.
public struct MessagePreview: Sendable, Equatable {
    /// The message.
    public let kind: MessageKind
    /// Its language.
    public let language: MessageLanguage
    /// The subject of the mail.
    public let subject: String
    /// The mail in plain text.
    public let text: String
    /// The mail as a web page.
    public let html: String
    /// The SMS.
    public let sms: String

    /// As it goes over the wire.
    public var json: JSON {
        .object([
            "kind": .string(kind.rawValue), "language": .string(language.rawValue),
            "fields": .array(kind.fields.map(\.rawValue).sorted().map(JSON.string)), "subject": .string(subject),
            "text": .string(text), "html": .string(html), "sms": .string(sms),
        ])
    }
}

extension Templates {
    /// Shows a kind of message in a language, as it would be sent.
    public func preview(
        _ kind: MessageKind, in language: MessageLanguage, at time: Timestamp
    ) throws(TemplateError) -> MessagePreview {
        let mail = try sample(kind, .email, "jane.doe@example.org", language, time)
        let sms = try sample(kind, .sms, "+15550100123", language, time)
        return MessagePreview(
            kind: kind, language: language, subject: mail.subject, text: mail.text, html: mail.html ?? "",
            sms: sms.text)
    }

    private func sample(
        _ kind: MessageKind, _ channel: MessageChannelKind, _ address: String, _ language: MessageLanguage,
        _ time: Timestamp
    ) throws(TemplateError) -> MessageContent {
        let fields = kind.fields.map { ($0.rawValue, $0.sample) }
        guard let id = MessageID("preview") else { throw .unknownField(kind, "") }
        var message = OutboxMessage(
            id: id, kind: kind, channel: channel, address: address,
            fields: Dictionary(fields, uniquingKeysWith: { first, _ in first }))
        message.language = language.rawValue
        return try render(message, at: time)
    }
}
