/// What a person types to sign in, checked once at the edge.
///
/// Compared without regard to case, as directories do. 1 to 256 scalars without controls or spaces at the ends.
struct Login: Sendable {
    /// As it is written.
    let text: String
    /// As it is compared.
    let folded: String

    /// A sentence for whoever wrote a login that is none.
    static let rule = "A login has 1 to 256 characters, no control characters and no spaces at its ends."

    init?(_ text: some StringProtocol) {
        let scalars = text.unicodeScalars
        guard (1...256).contains(scalars.count), !scalars.contains(where: isControl),
            let first = scalars.first, let last = scalars.last,
            !first.properties.isWhitespace, !last.properties.isWhitespace
        else { return nil }
        self.text = String(text)
        folded = self.text.lowercased()
    }
}

/// Control characters, line separators and invisible format characters: nothing a name may hold. The joiners that
/// Persian, Indic scripts and emoji need are no control characters here.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: scalar.value != 0x200C && scalar.value != 0x200D
    default: false
    }
}
