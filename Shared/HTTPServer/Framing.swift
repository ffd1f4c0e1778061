import Web

/// How long a request's body is.
enum BodyLength: Equatable {
    /// Known before it comes; 0 when there is none.
    case known(Int)
    /// Known when it has come (RFC 9112 §7.1).
    case chunked
}

/// The fields that say where a request ends and whom it is for (RFC 9112 §3.2, §6).
struct Framing {
    private static let lengthName = "Content-Length"
    private static let encodingName = "Transfer-Encoding"

    private var hosts: [String] = []
    private var lengths: [String] = []
    private var encodings: [String] = []

    /// Where the body ends.
    ///
    /// - Throws: 400 unless there is exactly one Host, at most one Content-Length of digits only, at most one
    ///   Transfer-Encoding and that `chunked`, never both, and no Transfer-Encoding in HTTP/1.0, which has none.
    static func check(_ headers: Headers, isVersion10: Bool) throws(Problem) -> BodyLength {
        var framing = Framing()
        for field in headers.fields { try framing.take(field) }
        guard framing.hosts.count == 1, framing.hosts.allSatisfy({ hostBytes.containsAll(of: $0.utf8) }) else {
            throw .invalidHead("There must be exactly one Host.")
        }
        guard framing.lengths.count + framing.encodings.count <= 1 else {
            throw .invalidHead("The length of the body is given more than once.")
        }
        guard framing.encodings.allSatisfy({ equalIgnoringCase($0, "chunked") && !isVersion10 }) else {
            throw .invalidHead("The transfer encoding is not known.")
        }
        guard let length = framing.lengths.first else { return framing.encodings.isEmpty ? .known(0) : .chunked }
        return .known(try number(length))
    }

    /// Notes a framing field, and refuses names that only begin like one: the library joins the content of a folded line
    /// to the name.
    private mutating func take(_ field: Headers.Field) throws(Problem) {
        let size = field.name.utf8.count
        if size == 4 {
            if equalIgnoringCase(field.name, "Host") { hosts.append(field.value) }
        } else if size >= Framing.lengthName.utf8.count {
            let isLength = Framing.begins(field.name, Framing.lengthName)
            let isEncoding = Framing.begins(field.name, Framing.encodingName)
            let name = isLength ? Framing.lengthName : Framing.encodingName
            guard size == name.utf8.count || !isLength && !isEncoding else {
                throw .invalidHead("A field name begins like a framing field.")
            }
            if isLength { lengths.append(field.value) }
            if isEncoding { encodings.append(field.value) }
        }
    }

    private static func begins(_ name: String, _ start: String) -> Bool {
        equalIgnoringCase(name.utf8.prefix(start.utf8.count), start.utf8)
    }

    private static func number(_ text: String) throws(Problem) -> Int {
        let digits = text.utf8
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text)
        else { throw .invalidHead("The Content-Length is not a number.") }
        return value
    }

    /// The characters of `uri-host [":" port]` (RFC 3986 §3.2.2); an empty Host is legal.
    private static let hostBytes = ASCIISet.alphanumerics.adding("-._~!$&'()*+;=:[]%")
}

extension Problem {
    static let urlTooLong = Problem(status: 414, code: "web.url_too_long")
    static let headTooLarge = Problem(status: 431, code: "web.head_too_large")
}
