/// A JSON value (RFC 8259), with the members of objects in their order.
public enum JSON: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list of values.
    case array([JSON])
    /// Named values; no name occurs twice.
    case object([JSONMember])
}

/// One named value of an object.
public struct JSONMember: Sendable, Equatable {
    /// The name, exactly as it was written.
    public let name: String
    /// The value.
    public let value: JSON

    /// Names a value.
    public init(name: String, value: JSON) {
        self.name = name
        self.value = value
    }

    /// Equal names, byte by byte, and equal values.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        sameBytes(left.name, right.name) && left.value == right.value
    }
}

extension JSON: Equatable {
    /// Equal values; texts are compared byte by byte, because `String` takes different spellings of a letter for equal.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let first), .bool(let second)): first == second
        case (.integer(let first), .integer(let second)): first == second
        case (.number(let first), .number(let second)): first == second
        case (.string(let first), .string(let second)): sameBytes(first, second)
        case (.array(let first), .array(let second)): first == second
        case (.object(let first), .object(let second)): first == second
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }
}

extension JSON {
    /// An object of these members; those without a value are left out (write `.null` for a `null`).
    public static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(
            members.compactMap { name, value in
                value.map { JSONMember(name: name, value: $0) }
            })
    }

    /// The member of that name; `nil` where there is none or the value is no object.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { sameBytes($0.name, name) }?.value
    }

    /// The text; `nil` for anything else.
    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The whole number; `nil` for anything else.
    public var integerValue: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The truth value; `nil` for anything else.
    public var boolValue: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The elements; `nil` for anything but a list.
    public var arrayValue: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members; `nil` for anything but an object.
    public var objectValue: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

/// Whether two texts have the same UTF-8, unlike `==`, which compares up to canonical equivalence.
func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
}
