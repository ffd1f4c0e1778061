import StrictJSON

extension Request {
    /// The body as a JSON object, to be read strictly (IN-01).
    ///
    /// - Throws: 400 `web.body_required` without a body, 415 unless its type is JSON, 400 `web.invalid_body` with a
    ///   pointer when it is not well-formed or no object.
    public func json(maximumDepth: Int = 32) throws(Problem) -> JSONObjectReader {
        guard !body.isEmpty else { throw .bodyRequired }
        guard MediaType.isJSON(headers["Content-Type"]) else { throw .unsupportedMediaType(["application/json"]) }
        do throws(JSONError) {
            return try JSONObjectReader(JSON.parse(body, maximumDepth: maximumDepth))
        } catch {
            throw .invalidBody(error)
        }
    }

    /// The value of a query parameter; `nil` when it is missing.
    ///
    /// - Throws: 400 `web.invalid_query` when it came more than once.
    public func query(_ name: String) throws(Problem) -> String? {
        let values = query.lazy.filter { equalIgnoringEquivalence($0.name, name) }.map(\.value)
        guard values.count <= 1 else { throw .invalidQuery(name, "The parameter \(name) is given more than once.") }
        return values.first
    }

    /// The value of a query parameter, converted; `nil` when it is missing.
    ///
    /// - Throws: 400 `web.invalid_query` when it came more than once or cannot be converted.
    public func query<T>(_ name: String, _ convert: (String) -> T?) throws(Problem) -> T? {
        guard let text = try query(name) else { return nil }
        guard let value = convert(text) else { throw .invalidQuery(name, "The parameter \(name) is not valid.") }
        return value
    }

    /// Refuses parameters that are not in the list, and any that came twice. The router does this for each route with
    /// the names of its row.
    ///
    /// - Throws: 400 `web.invalid_query`.
    public func allowQuery(_ names: [String]) throws(Problem) {
        for (index, item) in query.enumerated() {
            guard names.contains(where: { equalIgnoringEquivalence($0, item.name) }) else {
                throw .invalidQuery(item.name, "The query has a parameter that is not known here.")
            }
            guard !query[..<index].contains(where: { $0.name == item.name }) else {
                throw .invalidQuery(item.name, "The parameter \(item.name) is given more than once.")
            }
        }
    }

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1); `nil` when there is none, it is not written as the RFC
    /// says, or there are two.
    public func bearerToken() -> String? {
        guard var value = headers["Authorization"] else { return nil }
        return value.withUTF8 { bytes in
            guard bytes.starts(with: bearerScheme, by: { lowercased($0) == $1 }) else { return nil }
            let token = UnsafeBufferPointer(rebasing: bytes[bearerScheme.count...])
            var end = token.count
            while end > 0, token[end - 1] == UInt8(ascii: "=") { end -= 1 }
            guard end > 0, bearerBytes.containsAll(of: token[..<end]) else { return nil }
            return String(decoding: token, as: UTF8.self)
        }
    }

    /// The tag of the state that is to be changed, so that nobody undoes what they have not seen (RFC 9110 §13.1.1).
    ///
    /// - Throws: 428 `web.precondition_required` unless `If-Match` came once.
    public func ifMatch() throws(Problem) -> String {
        guard let tag = headers["If-Match"] else { throw .preconditionRequired }
        return tag
    }

    /// The caller's name for this act, so that a repetition is known as one (CR-03).
    ///
    /// - Throws: 400 `web.idempotency_key_required` when it is missing, 400 `web.invalid_idempotency_key` unless it is
    ///   1 to 255 visible ASCII characters, given once.
    public func idempotencyKey() throws(Problem) -> String {
        let values = headers.values("Idempotency-Key")
        guard let value = values.first else { throw .idempotencyKeyRequired }
        guard values.count == 1, (1...255).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .invalidIdempotencyKey }
        return value
    }
}

private let bearerScheme = Array("bearer ".utf8)

/// The characters of `b64token` (RFC 6750 §2.1), without the equals signs at its end.
private let bearerBytes = ASCIISet.alphanumerics.adding("-._~+/")

/// Whether two texts have the same bytes; `==` would also take texts that only look the same.
func equalIgnoringEquivalence(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
