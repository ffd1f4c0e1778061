/// The words of one kind of message in one language, with places for fields written `{name}`.
struct Template: Sendable {
    var subject: String
    var mail: String
    /// The mail as a web page; `nil` makes it of the plain text.
    var html: String?
    /// At most 160 characters of the GSM alphabet where the fields allow (3GPP TS 23.038): one part, one price.
    var sms: String

    init(subject: String, mail: String, sms: String) {
        self.subject = subject
        self.mail = mail
        self.sms = sms
    }
}

/// One text of a template, named as its file is (`accessCode.de.mail.txt`).
enum TemplatePart: String, CaseIterable, Sendable {
    case subject = "subject.txt"
    case mail = "mail.txt"
    case html = "mail.html"
    case sms = "sms.txt"

    /// What the part has to name. A list of messages shows subjects, so they carry no field but the product's name.
    func required(of kind: MessageKind) -> Set<MessageField> {
        switch self {
        case .subject: []
        case .mail, .html: kind.fields
        case .sms: kind.fields.intersection(MessageField.essential)
        }
    }

    /// What the part may name.
    func allowed(of kind: MessageKind) -> Set<MessageField> {
        switch self {
        case .subject: [.product]
        case .mail, .html, .sms: kind.fields.union(MessageField.standing)
        }
    }

    /// Whether a control character stands in the text.
    func hasControlCharacter(_ text: String) -> Bool { text.unicodeScalars.contains(where: forbids) }

    /// IN-03: a subject is one line of a header.
    func forbids(_ scalar: Unicode.Scalar) -> Bool {
        let isControl = scalar.value < 0x20 || scalar.value == 0x7F
        return isControl && (self == .subject || scalar != "\n" && scalar != "\t")
    }
}

/// All the words of one language.
protocol MessageWords {
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

    /// The error in words, for whoever writes templates.
    var sentence: String {
        switch self {
        case .unbalancedBraces: "a brace without its other half; fields are written {name}"
        case .unknownField(let kind, let name):
            "there is no field {\(name)} here; \(kind.rawValue) has \(list(kind.fields.union(MessageField.standing)))"
        case .missingField(_, let field): "the field {\(field.rawValue)} has to stand here"
        case .missingPhrase(let field, let value): "the field {\(field.rawValue)} has no words for \(value)"
        case .unknownValue(let field): "this is no value of the field {\(field.rawValue)}"
        case .controlCharacter(let field): "the field {\(field.rawValue)} has a control character"
        }
    }

    private func list(_ fields: Set<MessageField>) -> String {
        fields.map { "{\($0.rawValue)}" }.sorted().joined(separator: " ")
    }
}
