import CMicroHTTPD
import Glibc
import Web

/// The head of a request that can be understood in one way only.
struct RequestHead {
    let method: Method
    let headers: Headers
    let body: BodyLength
}

/// Reads a head and refuses what two readers could understand differently (IN-00).
///
/// libmicrohttpd 0.9.75 takes bare line feeds, folded lines, NUL in a value (it cuts there), spaces before the colon
/// and several framing fields. It parses in place, so the names and values it hands out still stand where they came
/// from the network. The reader checks that they follow one another exactly as RFC 9112 §3 and §5 write them, up to the
/// end of the head: whatever the library dropped, joined or cut leaves a gap. A library that copies instead of parsing
/// in place would fail this check on every request, which a test would see at once.
struct HeadReader {
    /// Where the library found the parts of the request line.
    struct RequestLine {
        let method: UnsafePointer<CChar>
        let target: UnsafePointer<CChar>
        /// The target, copied before the library took it apart in place.
        let targetText: String
        let version: UnsafePointer<CChar>

        /// Whether the target has nothing but visible ASCII characters.
        var hasVisibleTarget: Bool {
            var text = targetText
            return text.withUTF8 { $0.allSatisfy { (0x21...0x7E).contains($0) } }
        }
    }

    /// Fields at most.
    static let maximumFields = 100

    private let line: RequestLine
    private let size: Int
    private var fields: [RawField] = []

    init(_ connection: OpaquePointer, _ line: RequestLine) {
        self.line = line
        size = latchkey_http_head_size(connection)
        fields.reserveCapacity(16)
        _ = withUnsafeMutablePointer(to: &fields) { MHD_get_connection_values_n(connection, .HEADER_KIND, collect, $0) }
    }

    /// The head, or the problem to answer before closing the connection.
    func read(maximumHead: Int, maximumURL: Int) throws(Problem) -> RequestHead {
        guard line.targetText.utf8.count <= maximumURL else { throw .urlTooLong }
        guard size <= maximumHead, fields.count <= HeadReader.maximumFields else { throw .headTooLarge }
        try checkLayout()
        var headers = Headers()
        headers.reserve(fields.count)
        for field in fields {
            guard isToken(field.name) else { throw .invalidHead("A field name has a character it cannot have.") }
            guard let value = field.text else { throw .invalidHead("A field value has a control character.") }
            headers.add(String(decoding: field.name, as: UTF8.self), value)
        }
        guard line.hasVisibleTarget else {
            throw .invalidHead("The target has a character that must be encoded.")
        }
        let method = String(cString: line.method)
        guard isToken(UnsafeRawBufferPointer(start: line.method, count: method.utf8.count)) else {
            throw .invalidHead("The method is no token.")
        }
        return RequestHead(
            method: Method(method), headers: headers,
            body: try Framing.check(headers, isVersion10: strcmp(line.version, "HTTP/1.0") == 0))
    }

    /// Whether request line and fields fill the head without a gap.
    private func checkLayout() throws(Problem) {
        let start = UnsafeRawPointer(line.method)
        var place = start + strlen(line.method) + 1
        guard place == UnsafeRawPointer(line.target) else { throw .invalidHead("The request line is malformed.") }
        place += line.targetText.utf8.count + 1
        guard place == UnsafeRawPointer(line.version), isVersion1(line.version) else {
            throw .invalidHead("The request line is malformed.")
        }
        place += 8 + 2
        for field in fields {
            guard let next = field.end(from: place) else { throw .invalidHead("A field line is malformed.") }
            place = next
        }
        guard place + 2 == start + size else { throw .invalidHead("The end of the head is malformed.") }
    }

    private func isVersion1(_ version: UnsafePointer<CChar>) -> Bool {
        strcmp(version, "HTTP/1.1") == 0 || strcmp(version, "HTTP/1.0") == 0
    }
}

/// One field where the library found it.
struct RawField {
    let name: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer

    /// Where the next line begins if this one begins here: name, colon, blanks, value, blanks, CR LF. The library puts
    /// zeros in place of the colon and of the line's end.
    func end(from place: UnsafeRawPointer) -> UnsafeRawPointer? {
        guard name.baseAddress == place, let value = value.baseAddress else { return nil }
        var next = place + name.count + 1
        guard value >= next, value - next <= 1_024 else { return nil }
        while next < value {
            guard isBlank(next.load(as: UInt8.self)) else { return nil }
            next += 1
        }
        next += self.value.count
        while isBlank(next.load(as: UInt8.self)) { next += 1 }
        return next + 2
    }

    /// The value as text; `nil` when it holds a control character other than a tab, or is not UTF-8.
    var text: String? {
        // Every byte is looked at, without a way out, so that the compiler can take many at a time.
        var controls: UInt8 = 0
        var all: UInt8 = 0
        for byte in value {
            controls |= (byte < 0x20 ? 1 : 0) & (byte == 0x09 ? 0 : 1) | (byte == 0x7F ? 1 : 0)
            all |= byte
        }
        guard controls == 0 else { return nil }
        var end = value.count
        while end > 0, isBlank(value[end - 1]) { end -= 1 }
        let text = UnsafeRawBufferPointer(rebasing: value[..<end])
        return all < 0x80 ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func collect(
    _ context: UnsafeMutableRawPointer?, _: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
    _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
    context?.assumingMemoryBound(to: [RawField].self).pointee.append(
        RawField(
            name: UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameSize),
            value: UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueSize)))
    return .YES
}

private func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    !bytes.isEmpty && ASCIISet.token.containsAll(of: bytes)
}
