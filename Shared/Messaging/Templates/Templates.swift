import Model

/// The words of every kind of message, checked once at the start.
public struct Templates: Sendable {
    private struct Parsed: Sendable {
        let subject: TemplateText
        let mail: TemplateText
        let sms: TemplateText
    }

    private let product: String
    private let parsed: [MessageKind: Parsed]
    private let phrases: [MessageField: [String: String]]

    /// The English templates.
    ///
    /// - Parameter product: the name messages give this product.
    /// - Throws: for a template that does not name exactly the fields its kind declares.
    public init(product: String = "Latchkey") throws(TemplateError) {
        try self.init(product: product, language: English.self)
    }

    init(product: String, language: (some MessageLanguage).Type) throws(TemplateError) {
        var parsed: [MessageKind: Parsed] = [:]
        for kind in MessageKind.allCases {
            parsed[kind] = try Self.parse(language.template(for: kind), of: kind)
        }
        var phrases: [MessageField: [String: String]] = [:]
        for field in MessageField.allCases {
            for value in field.values ?? [] {
                guard let phrase = language.phrase(for: field, value: value) else {
                    throw .missingPhrase(field, value: value)
                }
                phrases[field, default: [:]][value] = phrase
            }
        }
        self.product = product
        self.parsed = parsed
        self.phrases = phrases
    }

    /// The subject of a kind, for a list of messages; it names no field that could be secret.
    public func subject(of kind: MessageKind) -> String {
        parsed[kind]?.subject.filled([.product: product]) ?? ""
    }

    /// Puts a message in words.
    ///
    /// - Throws: for a field too few or too many, a value that is none of the fixed ones, a control character.
    public func render(_ message: OutboxMessage, at time: Timestamp) throws(TemplateError) -> MessageContent {
        guard let words = parsed[message.kind] else { throw .unknownField(message.kind, "") }
        var values = try checked(message.fields, of: message.kind)
        values[.product] = product
        values[.time] = readable(time)
        switch message.channel {
        case .sms: return MessageContent(to: message.address, subject: "", text: words.sms.filled(values))
        case .email:
            return MessageContent(
                to: message.address, subject: words.subject.filled(values), text: words.mail.filled(values))
        }
    }

    private func checked(_ fields: [String: String], of kind: MessageKind) throws(TemplateError)
        -> [MessageField: String]
    {
        var values: [MessageField: String] = [:]
        for (name, value) in fields {
            guard let field = MessageField(rawValue: name), kind.fields.contains(field) else {
                throw .unknownField(kind, name)
            }
            guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .controlCharacter(field)
            }
            values[field] = try words(for: value, in: field)
        }
        for field in kind.fields where values[field] == nil { throw .missingField(kind, field) }
        return values
    }

    private func words(for value: String, in field: MessageField) throws(TemplateError) -> String {
        guard field.values != nil else { return value }
        guard let phrase = phrases[field]?[value] else { throw .unknownValue(field) }
        return phrase
    }

    private static func parse(_ template: Template, of kind: MessageKind) throws(TemplateError) -> Parsed {
        let parsed = Parsed(
            subject: try TemplateText(template.subject, of: kind), mail: try TemplateText(template.mail, of: kind),
            sms: try TemplateText(template.sms, of: kind))
        for field in kind.fields where !parsed.mail.fields.contains(field) { throw .missingField(kind, field) }
        // A list of messages shows subjects, so they carry no field but the product's name.
        for field in parsed.subject.fields where field != .product { throw .unknownField(kind, field.rawValue) }
        return parsed
    }
}

/// `2026-11-21 09:45 UTC`.
private func readable(_ time: Timestamp) -> String {
    let text = time.rfc3339
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC"
}
