/// Reads the members of one object strictly: wrong types, wrong lengths and members nobody asked for are errors that
/// name the pointer of the value (IN-01).
///
/// A member that is `null` is not a missing one: it has the wrong type. `value(_:)` is for the places where `null`
/// means something. Texts with U+0000 are refused: neither a directory nor PostgreSQL can hold it.
public struct JSONObjectReader: Sendable {
    /// Where the object stands in the text (RFC 6901).
    public let pointer: String
    private let members: [JSONMember]
    private var isRead: [Bool]

    /// Takes an object.
    ///
    /// - Throws: when the value is anything else.
    public init(_ value: JSON, pointer: String = "") throws(JSONError) {
        guard case .object(let members) = value else {
            throw JSONError(pointer: pointer, reason: "must be an object")
        }
        self.pointer = pointer
        self.members = members
        isRead = Array(repeating: false, count: members.count)
    }

    /// The member as it stands; `nil` where there is none.
    public mutating func value(_ name: String) -> JSON? {
        guard let index = members.firstIndex(where: { sameBytes($0.name, name) }) else { return nil }
        isRead[index] = true
        return members[index].value
    }

    /// An error about a member of this object.
    public func error(_ name: String, _ reason: String) -> JSONError {
        JSONError(pointer: pointer + JSONPointer.token(name), reason: reason)
    }

    /// Refuses members that were never asked for.
    public func finish() throws(JSONError) {
        guard let index = isRead.firstIndex(of: false) else { return }
        throw error(members[index].name, "is not known here")
    }

    /// The value that must be there.
    func require<Value>(_ name: String, _ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw error(name, "is missing") }
        return value
    }

    /// The elements of a list that has the right number of them.
    mutating func elements(_ name: String, _ count: ClosedRange<Int>) throws(JSONError) -> [JSON]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw error(name, "must be a list") }
        guard count.contains(elements.count) else {
            throw error(name, "must have " + words(count, "element", "elements"))
        }
        return elements
    }

    /// The text of a value, checked.
    static func text(
        _ value: JSON, _ length: ClosedRange<Int>, at pointer: @autoclosure () -> String
    ) throws(JSONError) -> String {
        guard case .string(let text) = value else { throw JSONError(pointer: pointer(), reason: "must be a string") }
        guard length.contains(text.unicodeScalars.count) else {
            throw JSONError(pointer: pointer(), reason: "must have " + words(length, "character", "characters"))
        }
        guard !text.utf8.contains(0) else {
            throw JSONError(pointer: pointer(), reason: "must not contain the character U+0000")
        }
        return text
    }
}

/// `3 to 5 elements`, `1 element`, `at least 2 elements`.
private func words(_ range: ClosedRange<Int>, _ one: String, _ many: String) -> String {
    if range.lowerBound == range.upperBound {
        return "exactly \(range.lowerBound) " + (range.lowerBound == 1 ? one : many)
    }
    if range.upperBound == .max { return "at least \(range.lowerBound) " + (range.lowerBound == 1 ? one : many) }
    return "\(range.lowerBound) to \(range.upperBound) " + many
}
