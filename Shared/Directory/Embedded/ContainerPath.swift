import Model
import TextFolding

/// How the embedded store writes a place in its tree: components from the root down with `/` between them, for example
/// `Staff/Berlin`; a slash or backslash inside a component is written `\/` and `\\`. The root is the empty text.
enum ContainerPath {
    /// The deepest tree and the longest component.
    static let maximumDepth = 32, maximumLength = 128

    /// A sentence for whoever wrote a path that is none.
    static let rule = "A container is a path like Staff/Berlin, of at most \(maximumDepth) names."

    /// Reads a path; `nil` when it is malformed: an empty component, a control character, a stray backslash.
    static func parse(_ text: String) -> Container? {
        guard !text.isEmpty else { return Container(components: []) }
        guard let parts = split(text), parts.count <= maximumDepth, parts.allSatisfy(isComponent) else { return nil }
        return Container(components: parts.map { String($0) })
    }

    /// Writes a path that `parse` reads back.
    static func text(of container: Container) -> String {
        container.components.map(escaped).joined(separator: "/")
    }

    private static func split(_ text: String) -> [String.UnicodeScalarView]? {
        var parts = [String.UnicodeScalarView()]
        var isEscaped = false
        for scalar in TextFolding.nfc(text).unicodeScalars {
            if isEscaped {
                guard scalar == "/" || scalar == "\\" else { return nil }
                parts[parts.count - 1].append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "/" {
                parts.append(String.UnicodeScalarView())
            } else {
                parts[parts.count - 1].append(scalar)
            }
        }
        return isEscaped ? nil : parts
    }

    private static func isComponent(_ scalars: String.UnicodeScalarView) -> Bool {
        guard let first = scalars.first, let last = scalars.last else { return false }
        return scalars.count <= maximumLength && !scalars.contains(where: isControl)
            && !first.properties.isWhitespace && !last.properties.isWhitespace
    }

    private static func escaped(_ component: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in component.unicodeScalars {
            if scalar == "/" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}
