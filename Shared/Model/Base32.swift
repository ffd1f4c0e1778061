/// The alphabet of authenticator secrets (RFC 4648 §6), without padding as `otpauth://` URIs have it.
public enum Base32 {
    /// The text of these bytes, upper case.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        codec.encode(bytes)
    }

    /// The bytes of a text; `nil` for padding, lower case, other characters and left-over bits that are not zero.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        codec.decode(text.utf8)
    }

    private static let codec = BitCodec(alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5)
}
