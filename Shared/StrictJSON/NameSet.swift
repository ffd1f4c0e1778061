/// The names an object has so far.
///
/// Few names are compared one by one; from the ninth on a hash table keeps hostile objects from costing the square of
/// their size.
struct NameSet {
    private struct Name: Hashable {
        let text: String

        static func == (left: Name, right: Name) -> Bool {
            sameBytes(left.text, right.text)
        }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }

    private var names: Set<Name> = []

    /// Takes a name in; answers `false` when it is there already.
    mutating func insert(_ name: String, after members: [JSONMember]) -> Bool {
        guard members.count >= 8 else {
            return !members.contains { sameBytes($0.name, name) }
        }
        if names.isEmpty {
            for member in members { names.insert(Name(text: member.name)) }
        }
        return names.insert(Name(text: name)).inserted
    }
}
