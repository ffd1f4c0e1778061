/// A template's text, cut at its fields.
struct TemplateText: Sendable {
    enum Piece: Sendable, Equatable {
        case words(String)
        case field(MessageField)
    }

    let pieces: [Piece]

    init(_ text: String, of kind: MessageKind) throws(TemplateError) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw .unbalancedBraces(kind)
            }
            let name = String(rest[rest.index(after: brace)..<end])
            guard let field = MessageField(rawValue: name),
                kind.fields.contains(field) || MessageField.standing.contains(field)
            else { throw .unknownField(kind, name) }
            pieces.append(.words(String(rest[..<brace])))
            pieces.append(.field(field))
            rest = rest[rest.index(after: end)...]
        }
        self.pieces = pieces + [.words(String(rest))]
    }

    var fields: Set<MessageField> {
        var fields: Set<MessageField> = []
        for case .field(let field) in pieces { fields.insert(field) }
        return fields
    }

    /// Values are set in as they are: a brace in a value is a brace.
    func filled(_ values: [MessageField: String]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .words(let words): text += words
            case .field(let field): text += values[field] ?? ""
            }
        }
        return text
    }
}
