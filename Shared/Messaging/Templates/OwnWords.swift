import Model

/// A subject and a text that a sender wrote, in place of a template's (E3).
///
/// The text is sent as it is in every language; the paragraphs of the template that name what the text lacks of
/// ``MessageKind/appended`` follow in the reader's own.
public struct OwnWords: Sendable {
    /// `nil`: the template's.
    let subject: TemplateText?
    /// Empty: the template's.
    let bodies: [MessageLanguage: Body]

    struct Body: Sendable {
        let mail: TemplateText
        let html: TemplateText
    }
}

/// Why a sender's words cannot be used.
public struct OwnWordsError: Error, Sendable, Equatable {
    /// It is the subject, else the text.
    public let isSubject: Bool
    /// The reason in words.
    public let sentence: String
}

extension Templates {
    /// Checks a sender's words; `nil` stands for the template's.
    public func ownWords(
        subject: String?, text: String?, of kind: MessageKind
    ) throws(OwnWordsError) -> OwnWords {
        var bodies: [MessageLanguage: OwnWords.Body] = [:]
        if let text {
            for language in MessageLanguage.allCases { bodies[language] = try body(text, of: kind, in: language) }
        }
        return OwnWords(
            subject: try subject.map { (text) throws(OwnWordsError) in
                try Self.parse(text, .subject, of: kind)
            }, bodies: bodies)
    }

    private func body(
        _ text: String, of kind: MessageKind, in language: MessageLanguage
    ) throws(OwnWordsError) -> OwnWords.Body {
        let plain = text.replacing("\r\n", with: "\n")
        let named = try Self.parse(plain, .mail, of: kind).fields
        var paragraphs = [plain]
        for field in kind.appended where !named.contains(field) {
            let place = "{\(field.rawValue)}"
            paragraphs += language.words.template(for: kind).mail.split(separator: "\n\n")
                .filter { $0.contains(place) }.map { String($0) }
        }
        let whole = Template(
            subject: "", mail: paragraphs.joined(separator: "\n\n") + (paragraphs.count > 1 ? "\n" : ""), sms: "")
        return OwnWords.Body(
            mail: try Self.parse(whole.mail, .mail, of: kind),
            html: try Self.parse(HTMLText.page(of: whole, language: language), .html, of: kind))
    }

    private static func parse(
        _ text: String, _ part: TemplatePart, of kind: MessageKind
    ) throws(OwnWordsError) -> TemplateText {
        if part.hasControlCharacter(text) {
            throw OwnWordsError(isSubject: part == .subject, sentence: "There is a control character.")
        }
        do {
            return try TemplateText(text, part, of: kind, requiring: [])
        } catch {
            throw OwnWordsError(isSubject: part == .subject, sentence: "There is \(error.sentence).")
        }
    }
}

extension Templates {
    /// A template as it is written, with its fields in braces, for whoever puts their own words in its place.
    public func source(of kind: MessageKind) -> (subject: String, text: String, fields: [MessageField]) {
        let (subject, mail) = standardWords(of: kind)
        return (subject, mail, kind.fields.union(MessageField.standing).sorted { $0.rawValue < $1.rawValue })
    }
}
