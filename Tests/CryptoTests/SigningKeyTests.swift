import Crypto
import Model
import StrictJSON
import TestSupport
import Testing

@Suite struct SigningKeyTests {
    /// The key of RFC 7515 A.3.
    static let published = JSON.object([
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ])

    @Test func `the signature of RFC 7515 A-3 is verified`() throws {
        let key = try VerificationKey(jwk: Self.published)
        let signed =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let text = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        let signature = try #require(Base64URL.decode(text))
        #expect(key.verify(signature, of: Array(signed.utf8)))
        #expect(!key.verify(signature, of: Array((signed + "A").utf8)))
    }

    /// RFC 7638 §3 over that key, computed by python's json and hashlib.
    @Test func `the id is the thumbprint`() throws {
        #expect(try VerificationKey(jwk: Self.published).id == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
    }

    @Test func `a signature verifies over its own bytes by its own key alone`() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        for length in 0..<64 {
            let bytes = [UInt8](repeating: 7, count: length)
            let signature = try key.sign(bytes)
            #expect(signature.count == 64)
            #expect(key.publicKey.verify(signature, of: bytes))
            #expect(!key.publicKey.verify(signature, of: bytes + [0]))
            #expect(!other.publicKey.verify(signature, of: bytes))
        }
    }

    @Test func `a signature that is no pair of numbers of the curve is refused`() throws {
        let key = try SigningKey.generate()
        let signature = try key.sign([1])
        let zero = [UInt8](repeating: 0, count: 32)
        let order = [UInt8](repeating: 0xFF, count: 32)
        let (r, s) = (Array(signature[..<32]), Array(signature[32...]))
        let bad = [zero + zero, r + zero, zero + s, order + s, r + order, s + r, r, [], signature + [0]]
        for signature in bad {
            #expect(!key.publicKey.verify(signature, of: [1]))
        }
    }

    @Test func `a key survives its export`() throws {
        let key = try SigningKey.generate()
        #expect(try SigningKey(pkcs8: key.exportPKCS8()).id == key.id)
        #expect(try SigningKey(pem: key.exportPEM()).id == key.id)
        #expect(try VerificationKey(jwk: key.publicKey.jwk) == key.publicKey)
        #expect(try VerificationKey(jwk: JSON.parse(key.publicKey.jwk.serialized())) == key.publicKey)
        #expect(try VerificationKey(pem: key.publicKey.exportPEM()) == key.publicKey)
        let signature = try SigningKey(pkcs8: key.exportPKCS8()).sign([1, 2])
        #expect(key.publicKey.verify(signature, of: [1, 2]))
    }

    /// openssl(1) as a second reader and writer of our keys and signatures.
    @Test func `openssl reads our key and we read openssl's`() throws {
        let folder = TemporaryFolder()
        let key = try SigningKey.generate()
        let file = folder.write("key.pem", try #require(try key.exportPEM().copyText()))
        let pem = try runSuccessfully("openssl", ["pkey", "-in", file, "-pubout"]).text
        #expect(try VerificationKey(pem: pem) == key.publicKey)
        let made = try runSuccessfully("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout"])
        #expect(try SigningKey(pem: Secret(made.stdout)).id != key.id)
    }

    @Test(arguments: ["secp384r1", "secp256k1"])
    func `a key of another curve is refused`(curve: String) throws {
        let made = try runSuccessfully("openssl", ["ecparam", "-name", curve, "-genkey", "-noout"])
        #expect(throws: CryptoError.badKey("is no P-256 key")) { try SigningKey(pem: Secret(made.stdout)) }
        let pem = try runSuccessfully("openssl", ["pkey", "-pubout"], input: made.stdout).text
        #expect(throws: CryptoError.badKey("is no P-256 key")) { try VerificationKey(pem: pem) }
    }

    @Test func `an encrypted or broken key file is refused without asking the terminal`() throws {
        let folder = TemporaryFolder()
        let key = folder.write("key.pem", try #require(try SigningKey.generate().exportPEM().copyText()))
        let encrypted = try runSuccessfully(
            "openssl", ["pkcs8", "-topk8", "-in", key, "-passout", "pass:test-only"])
        #expect(throws: CryptoError.badKey("cannot be read")) { try SigningKey(pem: Secret(encrypted.stdout)) }
        for text in ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            #expect(throws: CryptoError.badKey("cannot be read")) { try SigningKey(pem: Secret(text)) }
            #expect(throws: CryptoError.badKey("cannot be read")) { try SigningKey(pkcs8: Secret(text)) }
            #expect(throws: CryptoError.badKey("cannot be read")) { try VerificationKey(pem: text) }
        }
    }

    /// ST-01: the helpdesk's key is pinned from such a file.
    @Test(
        arguments: [
            ("kty", "RSA"), ("kty", "oct"), ("crv", "P-384"), ("crv", nil), ("x", "AAAA"), ("x", nil), ("y", 1),
            ("y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"), ("d", "AAAA"), ("alg", "RS256"), ("use", "enc"),
            ("kid", "another"), ("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="),
            ("y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5bA"),
        ] as [(String, JSON?)])
    func `a JWK that is no public P-256 key for signatures is refused`(name: String, value: JSON?) throws {
        var members = (Self.published.objectValue ?? []).filter { $0.name != name }
        if let value { members.append(JSONMember(name: name, value: value)) }
        #expect(throws: CryptoError.self) { try VerificationKey(jwk: .object(members)) }
    }

    @Test func `a key set survives its JSON`() throws {
        let keys = try [SigningKey.generate().publicKey, SigningKey.generate().publicKey]
        let set = VerificationKeySet(keys)
        #expect(try VerificationKeySet(json: JSON.parse(set.json.serialized())) == set)
        #expect(set[keys[0].id] == keys[0])
        #expect(set["unknown"] == nil)
        #expect(try VerificationKeySet(json: keys[1].jwk).ids == [keys[1].id])
        let mixed = JSON.object(["keys": [keys[0].jwk, .object(["kty": "RSA"])]])
        #expect(throws: CryptoError.self) { try VerificationKeySet(json: mixed) }
    }
}
