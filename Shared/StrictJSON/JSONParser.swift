/// Reads one text from its first byte to its last.
///
/// It works on indices of an array, never on `Character`, for which CR LF is one and a combining mark swallows a quote.
struct JSONParser {
    let bytes: [UInt8]
    let syntax: JSONSyntax
    let maximumDepth: Int
    var index = 0
    private var depth = 0

    init(bytes: [UInt8], syntax: JSONSyntax, maximumDepth: Int) {
        self.bytes = bytes
        self.syntax = syntax
        self.maximumDepth = maximumDepth
    }

    mutating func wholeText() throws(JSONError) -> JSON {
        let value = try value()
        try skipSpace()
        guard index == bytes.count else { throw failure("there is more after the end of the value") }
        return value
    }

    /// The byte at the index; `nil` at the end.
    var next: UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    /// Steps over the byte if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func skipSpace() throws(JSONError) {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Byte.space || byte == Byte.lineFeed || byte == Byte.carriageReturn || byte == Byte.tab {
                index += 1
            } else {
                guard syntax == .json5, try skipExtendedSpace() else { return }
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSON {
        try skipSpace()
        guard let byte = next else { throw failure("a value is missing") }
        switch byte {
        case Byte.quote: return .string(try string())
        case Byte.openBrace: return try object()
        case Byte.openBracket: return try array()
        case Byte.minus, Byte.zero...Byte.nine: return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case Byte.apostrophe where syntax == .json5: return .string(try string())
        case Byte.plus where syntax == .json5, Byte.dot where syntax == .json5: return try number()
        default: throw failure("a value is missing")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count,
            word.withUTF8Buffer({ bytes[index..<end].elementsEqual($0) })
        else { throw failure("a value is missing") }
        index = end
        return value
    }

    private mutating func enter() throws(JSONError) {
        guard depth < maximumDepth else { throw failure("is nested more than \(maximumDepth) deep") }
        depth += 1
        index += 1
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        try skipSpace()
        while !take(Byte.closeBracket) {
            do {
                elements.append(try value())
            } catch {
                throw error.under(String(elements.count))
            }
            try separator(before: Byte.closeBracket)
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var members: [JSONMember] = []
        var names = NameSet()
        try skipSpace()
        while !take(Byte.closeBrace) {
            let start = index
            let name = try memberName()
            guard names.insert(name, after: members) else {
                throw failure("occurs twice", at: start).under(name)
            }
            try skipSpace()
            guard take(Byte.colon) else { throw failure("':' is missing after the name").under(name) }
            do {
                members.append(JSONMember(name: name, value: try value()))
            } catch {
                throw error.under(name)
            }
            try separator(before: Byte.closeBrace)
        }
        depth -= 1
        return .object(members)
    }

    /// Steps over the comma after an element; without one the end must come next.
    private mutating func separator(before end: UInt8) throws(JSONError) {
        try skipSpace()
        if take(Byte.comma) {
            try skipSpace()
            if syntax == .json, next == end { throw failure("a comma stands before the end") }
        } else if next != end {
            throw failure("a comma or '\(Unicode.Scalar(end))' is missing")
        }
    }

    private mutating func memberName() throws(JSONError) -> String {
        switch next {
        case Byte.quote: return try string()
        case Byte.apostrophe where syntax == .json5: return try string()
        case .some where syntax == .json5: return try identifier()
        case .some, .none: throw failure("a name in quotes is missing")
        }
    }

    /// An error at a place in the text: the byte for what programs send, line and column for what people write.
    func failure(_ reason: String, at place: Int? = nil) -> JSONError {
        let place = place ?? index
        guard syntax == .json5 else { return JSONError(pointer: "", reason: "byte \(place): \(reason)") }
        let before = bytes.prefix(place)
        let line = before.count { $0 == Byte.lineFeed } + 1
        let column = place - (before.lastIndex(of: Byte.lineFeed).map { $0 + 1 } ?? 0) + 1
        return JSONError(pointer: "", reason: "line \(line), column \(column): \(reason)")
    }
}
