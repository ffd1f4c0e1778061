extension JSONObjectReader {
    /// A text; the length counts Unicode scalars.
    public mutating func string(
        _ name: String, length: ClosedRange<Int> = 1...1_024
    ) throws(JSONError) -> String {
        try require(name, optionalString(name, length: length))
    }

    /// A text, or `nil` where there is no such member; the length counts Unicode scalars.
    public mutating func optionalString(
        _ name: String, length: ClosedRange<Int> = 1...1_024
    ) throws(JSONError) -> String? {
        guard let value = value(name) else { return nil }
        return try Self.text(value, length, at: pointer + JSONPointer.token(name))
    }

    /// A whole number; `1.0` is none.
    public mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(JSONError) -> Int64 {
        try require(name, optionalInteger(name, in: range))
    }

    /// A whole number, or `nil` where there is no such member.
    public mutating func optionalInteger(
        _ name: String, in range: ClosedRange<Int64>
    ) throws(JSONError) -> Int64? {
        guard let value = value(name) else { return nil }
        guard case .integer(let number) = value else { throw error(name, "must be a whole number") }
        guard range.contains(number) else {
            throw error(name, "must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    /// `true` or `false`.
    public mutating func bool(_ name: String) throws(JSONError) -> Bool {
        try require(name, optionalBool(name))
    }

    /// `true` or `false`, or `nil` where there is no such member.
    public mutating func optionalBool(_ name: String) throws(JSONError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw error(name, "must be true or false") }
        return flag
    }

    /// A list of texts.
    public mutating func strings(
        _ name: String, count: ClosedRange<Int>, length: ClosedRange<Int> = 1...1_024
    ) throws(JSONError) -> [String] {
        try require(name, optionalStrings(name, count: count, length: length))
    }

    /// A list of texts, or `nil` where there is no such member.
    public mutating func optionalStrings(
        _ name: String, count: ClosedRange<Int>, length: ClosedRange<Int> = 1...1_024
    ) throws(JSONError) -> [String]? {
        guard let elements = try elements(name, count) else { return nil }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            texts.append(try Self.text(element, length, at: elementPointer(name, index)))
        }
        return texts
    }

    /// An object.
    public mutating func object(_ name: String) throws(JSONError) -> JSONObjectReader {
        try require(name, optionalObject(name))
    }

    /// An object, or `nil` where there is no such member.
    public mutating func optionalObject(_ name: String) throws(JSONError) -> JSONObjectReader? {
        guard let value = value(name) else { return nil }
        return try JSONObjectReader(value, pointer: pointer + JSONPointer.token(name))
    }

    /// A list of objects.
    public mutating func objects(
        _ name: String, count: ClosedRange<Int>
    ) throws(JSONError) -> [JSONObjectReader] {
        try require(name, optionalObjects(name, count: count))
    }

    /// A list of objects, or `nil` where there is no such member.
    public mutating func optionalObjects(
        _ name: String, count: ClosedRange<Int>
    ) throws(JSONError) -> [JSONObjectReader]? {
        guard let elements = try elements(name, count) else { return nil }
        var readers: [JSONObjectReader] = []
        for (index, element) in elements.enumerated() {
            readers.append(try JSONObjectReader(element, pointer: elementPointer(name, index)))
        }
        return readers
    }

    /// A text that a type accepts, for example an id.
    ///
    /// - Parameters:
    ///   - name: of the member.
    ///   - kind: what the error calls it: `is not a valid session id`.
    ///   - convert: answers `nil` for a text that cannot be one.
    public mutating func parsed<Value>(
        _ name: String, as kind: String = "value", _ convert: (String) -> Value?
    ) throws(JSONError) -> Value {
        try require(name, optionalParsed(name, as: kind, convert))
    }

    /// A text that a type accepts, or `nil` where there is no such member.
    public mutating func optionalParsed<Value>(
        _ name: String, as kind: String = "value", _ convert: (String) -> Value?
    ) throws(JSONError) -> Value? {
        guard let text = try optionalString(name) else { return nil }
        guard let value = convert(text) else { throw error(name, "is not a valid \(kind)") }
        return value
    }

    private func elementPointer(_ name: String, _ index: Int) -> String {
        pointer + JSONPointer.token(name) + JSONPointer.token(index)
    }
}
