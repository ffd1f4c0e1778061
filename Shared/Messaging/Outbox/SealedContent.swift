import Crypto
import Model
import StrictJSON

/// Address, subject and text of a message as they lie in the database (PW-03).
enum SealedContent {
    static func seal(
        _ content: MessageContent, of id: MessageID, with keyring: Keyring
    ) throws(CryptoError) -> [UInt8] {
        let object: JSON = .object([
            "to": .string(content.to), "subject": .string(content.subject), "text": .string(content.text),
            "html": content.html.map(JSON.string), "language": .string(content.language.rawValue),
        ])
        return try keyring.seal(Secret(object.serialized()), context: context(id))
    }

    /// `nil` for bytes that are not what `seal` made for this message.
    static func open(_ sealed: [UInt8], of id: MessageID, with keyring: Keyring) -> MessageContent? {
        guard let bytes = try? keyring.open(sealed, context: context(id)).copyBytes(),
            let object = try? JSON.parse(bytes),
            case .string(let to)? = object["to"], case .string(let subject)? = object["subject"],
            case .string(let text)? = object["text"]
        else { return nil }
        // What an earlier version sealed has neither.
        var html: String?
        if case .string(let page)? = object["html"] { html = page }
        var language = MessageLanguage.english
        if case .string(let tag)? = object["language"] { language = MessageLanguage(rawValue: tag) ?? language }
        return MessageContent(to: to, subject: subject, text: text, html: html, language: language)
    }

    /// Binds the bytes to the message, so that no row can be given another's.
    private static func context(_ id: MessageID) -> String { "outbox:\(id.text)" }
}
