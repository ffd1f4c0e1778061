/// A place in a directory's tree: an organizational unit or domain, as its components from the root down.
///
/// Two containers are compared component by component, never by the ends of their texts: `OU=Sales` does not hold
/// `OU=NotSales` (OP-05). Components are compared without regard to case, as directories do (RFC 4517 §4.2.11); each
/// store's adapter parses its own names into components.
public struct Container: Hashable, Sendable, CustomStringConvertible {
    /// Components from the root down, for example `["Staff", "Berlin"]`.
    public let components: [String]
    private let folded: [String]

    /// A container of these components, the root first. None at all is the root itself.
    public init(components: [String]) {
        self.components = components
        folded = components.map { $0.lowercased() }
    }

    /// Whether the other container is this one or stands below it.
    public func holds(_ other: Container) -> Bool {
        folded.count <= other.folded.count && zip(folded, other.folded).allSatisfy { Array($0.utf8) == Array($1.utf8) }
    }

    /// Equal component by component, without regard to case.
    public static func == (left: Container, right: Container) -> Bool {
        left.folded == right.folded
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(folded)
    }

    /// The components with slashes between them, for people.
    public var description: String { components.joined(separator: "/") }
}
