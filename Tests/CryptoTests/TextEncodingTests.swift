import Model
import Crypto
import Testing

@Suite struct TextEncodingTests {
    /// RFC 4648 §10, the padding left out.
    @Test(arguments: [
        ("", "", ""), ("f", "MY", "Zg"), ("fo", "MZXQ", "Zm8"), ("foo", "MZXW6", "Zm9v"),
        ("foob", "MZXW6YQ", "Zm9vYg"), ("fooba", "MZXW6YTB", "Zm9vYmE"), ("foobar", "MZXW6YTBOI", "Zm9vYmFy"),
    ])
    func `base32 and base64url agree with RFC 4648`(text: String, base32: String, base64: String) {
        #expect(Base32.encode(text.utf8) == base32)
        #expect(Base64URL.encode(text.utf8) == base64)
        #expect(Base32.decode(base32) == Array(text.utf8))
        #expect(Base64URL.decode(base64) == Array(text.utf8))
    }

    @Test func `the URL alphabet ends with - and _`() {
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
        #expect(Base64URL.decode("-_-_") == [0xFB, 0xFF, 0xBF])
    }

    @Test(arguments: ["Zg==", "Zg=", "Z", "Zh", "Zm9", "Zm8 ", " Zm8", "Zm8\n", "Zm+v", "Zm/v", "Zm9vZ", "Zmé"])
    func `base64url that another encoder would not have made is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["MY======", "M", "my", "MZ", "M1", "M8", "MZX", "MZXW6Y", "MZXQ "])
    func `base32 that another encoder would not have made is refused`(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func `every length comes back`() {
        for count in 0..<100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
        }
    }
}
