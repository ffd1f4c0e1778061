/// The words of one kind of message in one language, with places for fields written `{name}`.
struct Template: Sendable {
    let subject: String
    let mail: String
    /// At most 160 characters of the GSM alphabet where the fields allow (3GPP TS 23.038): one part, one price.
    let sms: String
}

/// All the words of one language.
protocol MessageLanguage {
    /// The template of a kind; the compiler asks for every kind.
    static func template(for kind: MessageKind) -> Template
    /// What to write for a value of a field that has fixed values.
    static func phrase(for field: MessageField, value: String) -> String?
}

/// Why a template or a message is not usable.
public enum TemplateError: Error, Sendable, Equatable {
    /// `{` without `}`, or `}` alone.
    case unbalancedBraces(MessageKind)
    /// A template names a field its kind does not declare.
    case unknownField(MessageKind, String)
    /// A template leaves out a field its kind declares, or a message does not fill one in.
    case missingField(MessageKind, MessageField)
    /// A fixed value without a phrase.
    case missingPhrase(MessageField, value: String)
    /// A value not among the field's fixed values.
    case unknownValue(MessageField)
    /// A scalar below 0x20 or 0x7F in a value: it could make one message look like two.
    case controlCharacter(MessageField)
}
