/// A template's text, cut at its fields.
struct TemplateText: Sendable {
    enum Piece: Sendable, Equatable {
        case words(String)
        case field(MessageField)
    }

    /// Something wrong with a text, and the line it stands on, counted from 1.
    struct Fault: Sendable, Equatable {
        let line: Int
        let error: TemplateError
    }

    let pieces: [Piece]

    /// - Parameter required: the fields it has to name; `nil`: those of its part.
    init(
        _ text: String, _ part: TemplatePart, of kind: MessageKind, requiring required: Set<MessageField>? = nil
    ) throws(TemplateError) {
        let (pieces, faults) = Self.parse(text, part, of: kind, required ?? part.required(of: kind))
        if let first = faults.first { throw first.error }
        self.pieces = pieces
    }

    /// Every fault of a text, in the order of its lines.
    static func faults(in text: String, _ part: TemplatePart, of kind: MessageKind) -> [Fault] {
        parse(text, part, of: kind, part.required(of: kind)).faults
    }

    private static func parse(
        _ text: String, _ part: TemplatePart, of kind: MessageKind, _ required: Set<MessageField>
    ) -> (pieces: [Piece], faults: [Fault]) {
        let allowed = part.allowed(of: kind)
        var pieces: [Piece] = []
        var faults: [Fault] = []
        var rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            let line = text[..<brace].utf8.count { $0 == 0x0A } + 1
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                faults.append(Fault(line: line, error: .unbalancedBraces(kind)))
                rest = rest[rest.index(after: brace)...]
                continue
            }
            let name = String(rest[rest.index(after: brace)..<end])
            if let field = MessageField(rawValue: name), allowed.contains(field) {
                pieces += [.words(String(rest[..<brace])), .field(field)]
            } else {
                faults.append(Fault(line: line, error: .unknownField(kind, name)))
            }
            rest = rest[rest.index(after: end)...]
        }
        pieces.append(.words(String(rest)))
        let named = fields(of: pieces)
        for field in required.sorted(by: { $0.rawValue < $1.rawValue }) where !named.contains(field) {
            faults.append(Fault(line: 1, error: .missingField(kind, field)))
        }
        return (pieces, faults)
    }

    /// The text as it was written.
    var source: String {
        pieces.map { piece in
            switch piece {
            case .words(let words): words
            case .field(let field): "{\(field.rawValue)}"
            }
        }.joined()
    }

    var fields: Set<MessageField> { Self.fields(of: pieces) }

    private static func fields(of pieces: [Piece]) -> Set<MessageField> {
        var fields: Set<MessageField> = []
        for case .field(let field) in pieces { fields.insert(field) }
        return fields
    }

    /// Values are set in as they are, a brace in a value is a brace; or escaped for a web page (IN-05).
    func filled(_ values: [MessageField: String], escaping: Bool = false) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .words(let words): text += words
            case .field(let field):
                let value = values[field] ?? ""
                text += escaping ? HTMLText.escaped(value) : value
            }
        }
        return text
    }
}
