import Model
import Crypto

/// A place between two rows of a listing and the way on from there. On the wire it is opaque.
struct PageCursor: Sendable, Equatable {
    enum Direction: String, Sendable {
        case forward = "n"
        case backward = "p"
    }

    let direction: Direction
    let sortKey: String
    let entry: String

    init(_ direction: Direction, from record: AccountRecord) {
        self.direction = direction
        sortKey = record.person.sortKey
        entry = record.entry
    }

    /// Reads a cursor that came from outside; `nil` when it is none of ours.
    init?(_ text: String) {
        guard text.utf8.count <= 4_096, let bytes = Base64URL.decode(text),
            let content = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = content.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let direction = Direction(rawValue: String(parts[0])) else { return nil }
        self.direction = direction
        entry = String(parts[1])
        sortKey = String(parts[2])
    }

    var text: String {
        Base64URL.encode(Array("\(direction.rawValue)\n\(entry)\n\(sortKey)".utf8))
    }
}
