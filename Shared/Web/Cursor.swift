import Model
import StrictJSON

/// The place in a list where a page ends, as an opaque text: base64url (RFC 4648 §5) of a JSON array.
///
/// It is not signed: what it holds is checked like any other input, and names nothing the caller may not see.
public enum Cursor {
    /// The longest text that is read, in bytes.
    public static let maximumLength = 1_024

    /// The text for these keys.
    public static func encode(_ keys: [JSON]) -> String {
        Base64URL.encode(JSON.array(keys).serialized())
    }

    /// The keys of a text that came from outside.
    ///
    /// - Throws: 400 `web.invalid_cursor` when no call of `encode` made it.
    public static func decode(_ text: String) throws(Problem) -> [JSON] {
        guard text.utf8.count <= maximumLength, let bytes = Base64URL.decode(text),
            let value = try? JSON.parse(bytes, maximumDepth: 2), case .array(let keys) = value
        else { throw .invalidCursor }
        return keys
    }
}

/// What a caller asks of a list: how many, and after which.
public struct PageRequest: Sendable, Equatable {
    /// How many rows at most.
    public let limit: Int
    /// The keys of the cursor; `nil` for the first page.
    public let keys: [JSON]?
}

extension Request {
    /// The parameters `limit` and `cursor`; the row has to list both.
    ///
    /// - Throws: 400 `web.invalid_query` unless the limit is 1 to the maximum, 400 `web.invalid_cursor`.
    public func page(standard: Int = 50, maximum: Int = 200) throws(Problem) -> PageRequest {
        let limit = try query("limit") { text in
            text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
        }
        guard (1...maximum).contains(limit ?? standard) else {
            throw .invalidQuery("limit", "The limit must be 1 to \(maximum).")
        }
        let cursor = try query("cursor")
        return PageRequest(
            limit: limit ?? standard, keys: try cursor.map { text throws(Problem) in try Cursor.decode(text) })
    }
}
