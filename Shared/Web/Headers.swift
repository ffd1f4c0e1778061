/// The fields of a request, in the order they came. Names compare without ASCII case (RFC 9110 §5.1).
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    /// One field as it came.
    public struct Field: Sendable, Equatable {
        /// The name as it was written.
        public let name: String
        /// The value, without the white space around it.
        public let value: String
    }

    /// All fields.
    public private(set) var fields: [Field]

    /// Takes the fields in order.
    public init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    /// Takes the fields in order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// Adds a field at the end.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Makes room, so that adding this many fields allocates once.
    public mutating func reserve(_ count: Int) {
        fields.reserveCapacity(count)
    }

    /// The value of the field if it came exactly once; `nil` when it is missing or came more often.
    public subscript(name: String) -> String? {
        var found: String?
        for field in fields where equalIgnoringCase(field.name, name) {
            if found != nil { return nil }
            found = field.value
        }
        return found
    }

    /// Every value of the field, in order.
    public func values(_ name: String) -> [String] {
        fields.lazy.filter { equalIgnoringCase($0.name, name) }.map(\.value)
    }
}

/// Whether two texts are the same but for the case of ASCII letters, by bytes and not by canonical equivalence.
@inlinable
public func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && equalIgnoringCase(left.utf8, right.utf8)
}

/// Whether two sequences of bytes are the same but for the case of ASCII letters.
@inlinable
public func equalIgnoringCase(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    left.elementsEqual(right) { lowercased($0) == lowercased($1) }
}

/// The byte, as a small letter if it is an ASCII capital.
@inlinable
func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

/// The text without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3).
func trimmed(_ text: Substring) -> Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return text[first...last]
}
