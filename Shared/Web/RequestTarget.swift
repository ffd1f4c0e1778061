/// One parameter of a query.
public struct QueryItem: Sendable, Equatable {
    /// The decoded name.
    public let name: String
    /// The decoded value; empty when there was no `=`.
    public let value: String
}

/// What a request line asks for, taken apart without guessing (RFC 9112 §3.2.1, RFC 3986 §3.3-3.4).
///
/// A target that two readers could understand differently is refused rather than repaired: every byte has to be legal,
/// percent-encoding is decoded once, and a decoded `/`, NUL, control character, `.` or `..` segment or broken UTF-8 is
/// an error. Only the origin form is taken; the reverse proxy turns the absolute form into it.
struct RequestTarget: Sendable {
    /// The decoded segments between the slashes; `/` has none, `/a/` has `a` and an empty one.
    let segments: [String]
    let query: [QueryItem]

    static let empty = RequestTarget(segments: [], query: [])

    init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/") else { throw .invalidTarget("The target must begin with a slash.") }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        segments = try RequestTarget.segments(bytes[1..<end])
        query = end == bytes.endIndex ? [] : try RequestTarget.items(bytes[(end + 1)...])
    }

    private init(segments: [String], query: [QueryItem]) {
        self.segments = segments
        self.query = query
    }

    private static func segments(_ path: ArraySlice<UInt8>) throws(Problem) -> [String] {
        if path.isEmpty { return [] }
        var result: [String] = []
        result.reserveCapacity(8)
        var rest = path
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            let segment = try decode(rest[..<end], legal: pathBytes, plusIsSpace: false)
            guard segment != ".", segment != ".." else { throw .invalidTarget("Dot segments are not allowed.") }
            guard !segment.utf8.contains(UInt8(ascii: "/")) else {
                throw .invalidTarget("An encoded slash is not allowed.")
            }
            result.append(segment)
            if end == rest.endIndex { return result }
            rest = rest[(end + 1)...]
        }
    }

    private static func items(_ query: ArraySlice<UInt8>) throws(Problem) -> [QueryItem] {
        var result: [QueryItem] = []
        for part in query.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = try decode(part[..<equals], legal: queryBytes, plusIsSpace: true)
            let value = try decode(part[equals...].dropFirst(), legal: queryBytes, plusIsSpace: true)
            result.append(QueryItem(name: name, value: value))
        }
        return result
    }

    /// Decodes percent-encoding once. A `+` is a space in a query, as HTML forms write it.
    private static func decode(
        _ bytes: ArraySlice<UInt8>, legal: ASCIISet, plusIsSpace: Bool
    ) throws(Problem) -> String {
        // Most texts stand for themselves.
        if legal.containsAll(of: bytes), !plusIsSpace || !bytes.contains(UInt8(ascii: "+")) {
            return String(decoding: bytes, as: UTF8.self)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexadecimalValue),
                    let low = rest.popFirst().flatMap(hexadecimalValue)
                else { throw .invalidTarget("The percent-encoding is broken.") }
                decoded.append(high << 4 | low)
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                decoded.append(0x20)
            } else {
                guard legal.contains(byte) else {
                    throw .invalidTarget("The target has a character that must be encoded.")
                }
                decoded.append(byte)
            }
        }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidTarget("Control characters are not allowed.")
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .invalidTarget("The target is not UTF-8.")
        }
        return text
    }
}

/// `pchar` of RFC 3986 §3.3, without the percent sign.
private let pathBytes = ASCIISet.alphanumerics.adding("-._~!$&'()*+,;=:@")

/// The characters of a query (RFC 3986 §3.4), without the percent sign.
private let queryBytes = pathBytes.adding("/?")

private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
