/// The URL-safe alphabet without padding (RFC 4648 §5, RFC 7515 §2).
public enum Base64URL {
    /// The text of these bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        codec.encode(bytes)
    }

    /// The bytes of a text; `nil` for padding, white space, other characters and left-over bits that are not zero, so
    /// that each byte string has exactly one text.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        codec.decode(text.utf8)
    }

    private static let codec = BitCodec(
        alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", bits: 6)
}

/// The ordinary alphabet without padding, as PHC strings have it.
public enum Base64 {
    /// The text of these bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        codec.encode(bytes)
    }

    /// The bytes of a text; `nil` as for ``Base64URL``.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        codec.decode(text.utf8)
    }

    private static let codec = BitCodec(
        alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", bits: 6)
}
