import Model
import Testing

@testable import Crypto

/// AES-256-GCM as such; the keyring's format has tests of its own.
@Suite struct SealingTests {
    /// NIST's test vectors for GCM (McGrew and Viega), case 14.
    @Test func `one block agrees with the standard`() throws {
        let sealed = try seal([UInt8](repeating: 0, count: 16), key: Secret([UInt8](repeating: 0, count: 32)))
        #expect(sealed == hex("cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919"))
    }

    /// Case 16: with associated data and a last block that is not full.
    @Test func `associated data agrees with the standard`() throws {
        let plaintext = hex(
            """
            d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
            1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
            """)
        let sealed = try plaintext.withUnsafeBytes { bytes in
            try AES256GCM.seal(
                bytes, key: Secret(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")),
                nonce: hex("cafebabefacedbaddecaf888"), associated: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        }
        let expected = hex(
            """
            522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
            8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b
            """)
        #expect(sealed == expected)
    }

    @Test func `an empty plaintext has a tag`() throws {
        let key = Secret([UInt8](repeating: 0, count: 32))
        let sealed = try seal([], key: key)
        #expect(sealed == hex("530f8afbc74536b9a963b4f1c4cb738b"))
        let opened = try AES256GCM.open(
            sealed[...], key: key, nonce: [UInt8](repeating: 0, count: 12)[...], associated: [])
        #expect(opened.count == 0)
    }

    @Test func `a key of another length is refused`() {
        #expect(throws: CryptoError.self) { try seal([1], key: Secret([UInt8](repeating: 0, count: 16))) }
    }

    private func seal(_ plaintext: [UInt8], key: Secret) throws -> [UInt8] {
        try plaintext.withUnsafeBytes { bytes in
            try AES256GCM.seal(bytes, key: key, nonce: [UInt8](repeating: 0, count: 12), associated: [])
        }
    }
}
