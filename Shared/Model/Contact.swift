/// An address a message can be sent to, named by an opaque id so that nobody types one (R9, AC-06).
public struct Contact: Sendable, Equatable {
    /// Where the address comes from.
    public enum Source: String, Sendable {
        /// The owner enrolled and confirmed it.
        case enrolled
        /// The directory's mobile or mail attribute.
        case directory
    }

    /// The opaque id.
    public let id: ContactID
    /// SMS for a number, email for an address.
    public let channel: MessageChannelKind
    /// Where the address comes from.
    public let source: Source
    /// The number (E.164) or address in full.
    public let address: String
    /// When the owner last changed it; a change in the last 24 hours is shown to the operator (AC-06).
    public let changedAt: Timestamp?

    /// Makes a contact of its parts.
    public init(
        id: ContactID, channel: MessageChannelKind, source: Source, address: String, changedAt: Timestamp? = nil
    ) {
        self.id = id
        self.channel = channel
        self.source = source
        self.address = address
        self.changedAt = changedAt
    }

    /// The address with all but its ends hidden (PR-01): `+49•••••••67`, `a•••@example.org`.
    public var masked: String { channel.masked(address) }
}

extension MessageChannelKind {
    /// The address with all but its ends hidden (PR-01): `+49•••••••67`, `a•••@example.org`.
    public func masked(_ address: String) -> String {
        switch self {
        case .sms: maskNumber(address)
        case .email: maskMail(address)
        }
    }
}

private func maskNumber(_ number: String) -> String {
    let scalars = Array(number.unicodeScalars)
    guard scalars.count > 5 else { return "•••" }
    return text(scalars.prefix(3)) + String(repeating: "•", count: scalars.count - 5) + text(scalars.suffix(2))
}

private func maskMail(_ address: String) -> String {
    let scalars = Array(address.unicodeScalars)
    guard let at = scalars.lastIndex(of: "@"), at > 0 else { return "•••" }
    return text(scalars.prefix(1)) + "•••" + text(scalars[at...])
}

private func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}
