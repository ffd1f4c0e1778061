import Model
import StrictJSON

/// A token taken apart, nothing of it trusted.
struct TokenParts {
    private let header: JSON
    private let payload: [UInt8]

    /// The bytes the signature is over.
    let signed: [UInt8]
    let signature: [UInt8]

    init(_ token: String) throws(TokenError) {
        guard token.utf8.count <= JWT.maximumLength else { throw .tooLong }
        let bytes = Array(token.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("not three parts") }
        guard let header = Self.decode(parts[0]), let payload = Self.decode(parts[1]),
            let signature = Self.decode(parts[2])
        else { throw .malformed("not base64url") }
        self.header = try Self.object(header)
        self.payload = payload
        self.signature = signature
        signed = Array(bytes[..<parts[1].endIndex])
    }

    var keyID: String? { header["kid"]?.stringValue }

    func checkHeader(type: TokenType) throws(TokenError) {
        guard header["alg"]?.stringValue == "ES256" else { throw .algorithm }
        guard header["typ"]?.stringValue == type.rawValue else { throw .type }
        let extra = header.objectValue?.first { !["alg", "typ", "kid"].contains($0.name) }
        if let extra { throw .header(extra.name) }
    }

    /// The payload; call it once the signature is known to be right.
    func claims() throws(TokenError) -> JSON {
        try Self.object(payload)
    }

    private static func decode(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        Base64URL.decode(String(decoding: part, as: UTF8.self))
    }

    private static func object(_ bytes: [UInt8]) throws(TokenError) -> JSON {
        do {
            let value = try JSON.parse(bytes)
            guard value.objectValue != nil else { throw TokenError.malformed("not an object") }
            return value
        } catch let error as JSONError {
            throw .malformed(error.reason)
        } catch {
            throw .malformed("not an object")
        }
    }
}
