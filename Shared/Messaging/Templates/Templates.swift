import Model

/// The words of every kind of message in every language, checked once at the start.
public struct Templates: Sendable {
    private struct Parsed: Sendable {
        let subject: TemplateText
        let mail: TemplateText
        let html: TemplateText
        let sms: TemplateText
    }

    /// One language, ready to be filled in.
    private struct Wording: Sendable {
        var parsed: [MessageKind: Parsed] = [:]
        var phrases: [MessageField: [String: String]] = [:]
    }

    private let product: String
    /// The language of people of whom no other is known.
    public let standard: MessageLanguage
    private let wordings: [MessageLanguage: Wording]

    /// The product's own templates.
    ///
    /// - Parameters:
    ///   - product: the name messages give this product.
    ///   - standard: the language of people of whom no other is known.
    /// - Throws: for a template that does not name exactly the fields its kind declares.
    public init(product: String = "Latchkey", standard: MessageLanguage = .english) throws(TemplateError) {
        try self.init(product: product, standard: standard, overrides: [])
    }

    /// The product's own templates with some of their texts replaced.
    init(product: String, standard: MessageLanguage, overrides: [TemplateOverride]) throws(TemplateError) {
        var wordings: [MessageLanguage: Wording] = [:]
        for language in MessageLanguage.allCases {
            wordings[language] = try Self.wording(
                language, language.words, overrides.filter { $0.language == language })
        }
        self.product = product
        self.standard = standard
        self.wordings = wordings
    }

    /// These words alone, for every preference.
    init(product: String, words: any MessageWords.Type) throws(TemplateError) {
        self.product = product
        standard = .english
        wordings = [.english: try Self.wording(.english, words, [])]
    }

    /// The subject of a kind, for a list of messages; it names no field that could be secret.
    public func subject(of kind: MessageKind, _ preference: String? = nil) -> String {
        wording(for: preference).wording.parsed[kind]?.subject.filled([.product: product]) ?? ""
    }

    /// Subject and text of a kind in the standard language, as they are written.
    func standardWords(of kind: MessageKind) -> (subject: String, mail: String) {
        let words = wordings[standard]?.parsed[kind]
        return (words?.subject.source ?? "", words?.mail.source ?? "")
    }

    /// Puts a message in words.
    ///
    /// - Throws: for a field too few or too many, a value that is none of the fixed ones, a control character.
    public func render(_ message: OutboxMessage, at time: Timestamp) throws(TemplateError) -> MessageContent {
        let (language, wording) = wording(for: message.language)
        guard let words = wording.parsed[message.kind] else { throw .unknownField(message.kind, "") }
        var values = try checked(message.fields, of: message.kind, wording)
        values[.product] = product
        values[.time] = readable(time)
        switch message.channel {
        case .sms:
            for (field, value) in values where field.values != nil { values[field] = GSMText.simplified(value) }
            return MessageContent(to: message.address, subject: "", text: words.sms.filled(values), language: language)
        case .email:
            let own = message.ownWords?.bodies[language]
            return MessageContent(
                to: message.address, subject: (message.ownWords?.subject ?? words.subject).filled(values),
                text: (own?.mail ?? words.mail).filled(values),
                html: (own?.html ?? words.html).filled(values, escaping: true), language: language)
        }
    }

    private func wording(for preference: String?) -> (language: MessageLanguage, wording: Wording) {
        let language = MessageLanguage(preference: preference, standard: standard)
        return (language, wordings[language] ?? wordings[standard] ?? Wording())
    }

    private func checked(
        _ fields: [String: String], of kind: MessageKind, _ wording: Wording
    ) throws(TemplateError) -> [MessageField: String] {
        var values: [MessageField: String] = [:]
        for (name, value) in fields {
            guard let field = MessageField(rawValue: name), kind.fields.contains(field) else {
                throw .unknownField(kind, name)
            }
            guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .controlCharacter(field)
            }
            guard field.values != nil else {
                values[field] = value
                continue
            }
            let parts = field.isList ? value.split(separator: ",").map { String($0) } : [value]
            let phrases = parts.compactMap { wording.phrases[field]?[$0] }
            guard phrases.count == parts.count, !phrases.isEmpty else { throw .unknownValue(field) }
            values[field] = phrases.joined(separator: ", ")
        }
        for field in kind.fields where values[field] == nil { throw .missingField(kind, field) }
        return values
    }

    private static func wording(
        _ language: MessageLanguage, _ words: any MessageWords.Type, _ overrides: [TemplateOverride]
    ) throws(TemplateError) -> Wording {
        var wording = Wording()
        for kind in MessageKind.allCases {
            var template = words.template(for: kind)
            template.sms = GSMText.simplified(template.sms)
            for override in overrides where override.kind == kind { override.apply(to: &template) }
            let html = template.html ?? HTMLText.page(of: template, language: language)
            wording.parsed[kind] = Parsed(
                subject: try TemplateText(template.subject, .subject, of: kind),
                mail: try TemplateText(template.mail, .mail, of: kind), html: try TemplateText(html, .html, of: kind),
                sms: try TemplateText(template.sms, .sms, of: kind))
        }
        for field in MessageField.allCases {
            for value in field.values ?? [] {
                guard let phrase = words.phrase(for: field, value: value) else {
                    throw .missingPhrase(field, value: value)
                }
                wording.phrases[field, default: [:]][value] = phrase
            }
        }
        return wording
    }
}

/// `2026-11-21 09:45 UTC`.
private func readable(_ time: Timestamp) -> String {
    let text = time.rfc3339
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC"
}
