import StrictJSON

/// A value that travels between the auth service and its callers as one JSON object.
public protocol WireType: Sendable {
    /// The value as it travels.
    var json: JSON { get }
    /// Reads the value strictly; the caller has checked nothing before.
    init(reader: inout JSONObjectReader) throws(JSONError)
}

extension WireType {
    /// Reads the value from bytes; a member it does not know is an error.
    public init(bytes: [UInt8]) throws(JSONError) {
        var reader = try JSONObjectReader(JSON.parse(bytes))
        try self.init(reader: &reader)
        try reader.finish()
    }
}

extension JSON {
    /// An array of texts, sorted, so that a set always looks the same.
    static func sorted<Value: RawRepresentable<String>>(_ values: some Sequence<Value>) -> JSON {
        .array(values.map(\.rawValue).sorted().map(JSON.string))
    }
}

extension JSONObjectReader {
    /// A list of known names.
    mutating func set<Value: RawRepresentable<String> & Hashable>(
        _ name: String, of _: Value.Type = Value.self
    ) throws(JSONError) -> Set<Value> {
        var result: Set<Value> = []
        for (index, text) in try strings(name, count: 0...64).enumerated() {
            guard let value = Value(rawValue: text) else {
                throw JSONError(pointer: "\(pointer)/\(name)/\(index)", reason: "is not a known name")
            }
            result.insert(value)
        }
        return result
    }

    /// One known name.
    mutating func choice<Value: RawRepresentable<String>>(
        _ name: String, of _: Value.Type = Value.self
    ) throws(JSONError) -> Value {
        try parsed(name) { Value(rawValue: $0) }
    }
}
