/// A set of ASCII characters, asked byte by byte: two words instead of a list, because a request asks some thousand times.
public struct ASCIISet: Sendable {
    /// Letters and digits (ALPHA and DIGIT, RFC 5234 §B.1).
    public static let alphanumerics = ASCIISet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    /// `token` (RFC 9110 §5.6.2).
    public static let token = alphanumerics.adding("!#$%&'*+-.^_`|~")

    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0

    /// The characters of a text; others than ASCII are left out.
    public init(_ characters: String) {
        for byte in characters.utf8 where byte < 128 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    /// The same set with more characters.
    public func adding(_ characters: String) -> ASCIISet {
        var result = self
        let more = ASCIISet(characters)
        result.low |= more.low
        result.high |= more.high
        return result
    }

    /// Whether the character is one of them.
    @inlinable
    public func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && word &>> UInt64(byte & 63) & 1 == 1
    }

    /// Whether all bytes are of the set.
    @inlinable
    public func containsAll(of bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { contains($0) }
    }
}
