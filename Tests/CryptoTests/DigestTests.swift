import Model
import Testing

@testable import Crypto

@Suite struct DigestTests {
    /// FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 agrees with the standard`(text: String, digest: String) {
        #expect(Digest.sha256(text.utf8) == hex(digest))
        #expect(Digest.sha256(Array(text.utf8)) == hex(digest))
    }

    struct MACVector: Sendable {
        let key: [UInt8]
        let data: [UInt8]
        let sha256: String
        let sha512: String
    }

    /// RFC 4231 §4.2 to §4.4, §4.7, §4.8.
    static let macVectors = [
        MACVector(
            key: [UInt8](repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
            sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            sha512: """
                87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
                daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854
                """),
        MACVector(
            key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
            sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            sha512: """
                164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
                """),
        MACVector(
            key: [UInt8](repeating: 0xaa, count: 20), data: [UInt8](repeating: 0xdd, count: 50),
            sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            sha512: """
                fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
                bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb
                """),
        MACVector(
            key: [UInt8](repeating: 0xaa, count: 131),
            data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            sha512: """
                80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598
                """),
        MACVector(
            key: [UInt8](repeating: 0xaa, count: 131),
            data: Array(
                """
                This is a test using a larger than block-size key and a larger than block-size data. The key needs \
                to be hashed before being used by the HMAC algorithm.
                """.utf8),
            sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            sha512: """
                e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
                b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58
                """),
    ]

    @Test(arguments: macVectors)
    func `HMAC agrees with RFC 4231`(vector: MACVector) {
        let key = Secret(vector.key)
        #expect(HMAC.sha256(key: key, vector.data) == hex(vector.sha256))
        #expect(HMAC.sha512(key: key, vector.data) == hex(vector.sha512))
    }

    /// RFC 2202 §3, cases 1 to 3.
    @Test(
        arguments: zip(
            macVectors,
            [
                "b617318655057264e28bc0b6fb378c8ef146be00", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
                "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
            ]))
    func `HMAC-SHA-1 agrees with RFC 2202`(vector: MACVector, code: String) {
        #expect(HMAC.sha1(key: Secret(vector.key), vector.data) == hex(code))
    }

    @Test func `an empty message and an empty key have a code`() {
        let code = hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(HMAC.sha256(key: Secret([]), []) == code)
    }

    /// RFC 5869 A.3, the first 32 bytes.
    @Test func `HKDF agrees with RFC 5869`() throws {
        let key = try HKDF.sha256(key: Secret([UInt8](repeating: 0x0b, count: 22)), purpose: "", salt: "")
        #expect(key.copyBytes() == hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"))
    }

    @Test func `secrets are compared by their bytes`() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEquals([UInt8](), [UInt8]()))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([1, 2, 3], [0, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([UInt8](), [0]))
        #expect(Secret("one").equals(Secret("one")))
        #expect(!Secret("one").equals(Secret("two")))
        // Canonically equivalent texts are other bytes.
        #expect(!Secret("\u{E9}").equals(Secret("e\u{301}")))
    }
}
