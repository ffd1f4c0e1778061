/// A text that stands in for one of the product's own, from a file named `KIND.LANGUAGE.PART`.
struct TemplateOverride: Sendable {
    let kind: MessageKind
    let language: MessageLanguage
    let part: TemplatePart
    let text: String

    /// Something wrong with a text, and the line it stands on, counted from 1.
    struct Fault: Sendable, Equatable {
        let line: Int
        let sentence: String
    }

    /// Reads the name; `nil` for one that names nothing to override.
    init?(file name: String, text: String) {
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let kind = MessageKind(rawValue: parts[0]),
            let language = MessageLanguage(rawValue: parts[1]), let part = TemplatePart(rawValue: parts[2])
        else { return nil }
        self.kind = kind
        self.language = language
        self.part = part
        let plain = text.replacing("\r\n", with: "\n")
        switch part {
        // The line end that an editor puts after the last line is no part of a subject or an SMS.
        case .subject, .sms: self.text = plain.hasSuffix("\n") ? String(plain.dropLast()) : plain
        case .mail, .html: self.text = plain
        }
    }

    /// What a file's name has to look like.
    static let nameRule =
        "is not KIND.LANGUAGE.PART, where LANGUAGE is one of "
        + MessageLanguage.allCases.map(\.rawValue).joined(separator: ", ") + ", PART one of "
        + TemplatePart.allCases.map(\.rawValue).joined(separator: ", ")
        + " and KIND a message (see latchkey message list)"

    /// Everything that is wrong with the text.
    var faults: [Fault] {
        var faults = TemplateText.faults(in: text, part, of: kind).map {
            Fault(line: $0.line, sentence: $0.error.sentence)
        }
        if text.isEmpty { faults.append(Fault(line: 1, sentence: "the text is empty")) }
        if let place = text.unicodeScalars.firstIndex(where: part.forbids) {
            let line = text.unicodeScalars[..<place].count { $0 == "\n" } + 1
            faults.append(Fault(line: line, sentence: "there is a control character"))
        }
        if part == .html {
            faults += HTMLCheck.faults(in: text).map { Fault(line: $0.line, sentence: $0.sentence) }
        }
        return faults
    }

    /// Puts the text into its place.
    func apply(to template: inout Template) {
        switch part {
        case .subject: template.subject = text
        case .mail: template.mail = text
        case .html: template.html = text
        case .sms: template.sms = text
        }
    }
}
