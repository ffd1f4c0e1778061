import Crypto
import Model
import StrictJSON
import TestSupport
import Testing

/// A token that is right but for one member; `nil` leaves it out.
struct Forgery: Sendable {
    let member: String
    let value: JSON?
    let reason: TokenError?

    init(_ member: String, _ value: JSON?, _ reason: TokenError?) {
        self.member = member
        self.value = value
        self.reason = reason
    }
}

@Suite struct JWTTests {
    private static let key = Result { try SigningKey.generate() }
    private static let other = Result { try SigningKey.generate() }
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let expected = TokenExpectation(
        type: .access, audience: "helpdesk.example.org", issuer: "auth.example.org")

    /// A valid payload with some members changed; `nil` leaves one out.
    private static func payload(_ change: [String: JSON?] = [:]) -> JSON {
        var members: [String: JSON] = [
            "iss": "auth.example.org", "aud": ["auth.example.org", "helpdesk.example.org"], "sub": "anna", "jti": "t1",
            "iat": 1_799_999_900, "exp": 1_800_000_500,
        ]
        for (name, value) in change { members[name] = value }
        return .object(members.sorted { $0.key < $1.key }.map { JSONMember(name: $0.key, value: $0.value) })
    }

    private static func header(_ change: [String: JSON?] = [:]) throws -> JSON {
        var members: [String: JSON] = [
            "alg": "ES256", "typ": "latchkey-access+jwt", "kid": .string(try key.get().id),
        ]
        for (name, value) in change { members[name] = value }
        return .object(members.sorted { $0.key < $1.key }.map { JSONMember(name: $0.key, value: $0.value) })
    }

    /// A token whose signature is right whatever its header and payload say.
    private static func token(_ header: [UInt8], _ payload: [UInt8]) throws -> String {
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        return signed + "." + Base64URL.encode(try key.get().sign(Array(signed.utf8)))
    }

    private static func verify(_ token: String, as expected: TokenExpectation = expected) throws(TokenError) -> JSON {
        let known = try? key.get().publicKey
        return try JWT.verify(token, as: expected, keys: { $0 == known?.id ? known : nil }, now: now)
    }

    private static func refusal(_ token: String, as expected: TokenExpectation = expected) -> TokenError? {
        do throws(TokenError) {
            _ = try verify(token, as: expected)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what was signed is read again`() throws {
        var claims = TokenClaims(
            issuer: "auth.example.org", audience: ["auth.example.org", "helpdesk.example.org"], subject: "anna",
            id: "t1", validity: Self.now..<Self.now + .seconds(600))
        claims.extra = [JSONMember(name: "sid", value: "s1")]
        let token = try JWT.sign(claims, type: .access, key: Self.key.get())
        let read = try TokenClaims(Self.verify(token))
        #expect(read == claims)
        #expect(read["sid"] == "s1")
        #expect(try JWT.unverifiedKeyID(of: token) == Self.key.get().id)
    }

    /// The corpus below differs from this token in one thing each.
    @Test func `the token of the corpus is accepted as it stands`() throws {
        let token = try Self.token(Self.header().serialized(), Self.payload().serialized())
        #expect(try Self.verify(token)["sub"] == "anna")
    }

    static let headers: [Forgery] = [
        Forgery("alg", "none", .algorithm),
        Forgery("alg", "None", .algorithm),
        Forgery("alg", "HS256", .algorithm),
        Forgery("alg", "RS256", .algorithm),
        Forgery("alg", "ES384", .algorithm),
        Forgery("alg", "es256", .algorithm),
        Forgery("alg", nil, .algorithm),
        Forgery("alg", 256, .algorithm),
        Forgery("alg", ["ES256"], .algorithm),
        Forgery("typ", "JWT", .type),
        Forgery("typ", nil, .type),
        Forgery("typ", "LATCHKEY-ACCESS+JWT", .type),
        Forgery("typ", "latchkey-service+jwt", .type),
        Forgery("typ", "latchkey-proof+jwt", .type),
        Forgery("jku", "https://example.org/jwks.json", .header("jku")),
        Forgery("x5u", "https://example.org", .header("x5u")),
        Forgery("x5c", ["AAAA"], .header("x5c")),
        Forgery("crit", ["exp"], .header("crit")),
        Forgery("b64", false, .header("b64")),
        Forgery("jwk", SigningKeyTests.published, .header("jwk")),
        Forgery("zip", "DEF", .header("zip")),
        Forgery("kid", nil, .unknownKey),
        Forgery("kid", "another", .unknownKey),
        Forgery("kid", 1, .unknownKey),
        Forgery("kid", "../../etc/passwd", .unknownKey),
        Forgery("kid", "", .unknownKey),
    ]

    /// TK-01
    @Test(arguments: headers)
    func `a forged header is refused`(forgery: Forgery) throws {
        let header = try Self.header([forgery.member: forgery.value])
        let token = try Self.token(header.serialized(), Self.payload().serialized())
        #expect(Self.refusal(token) == forgery.reason)
    }

    static let claims: [Forgery] = [
        Forgery("iss", "evil.example.org", .issuer),
        Forgery("iss", nil, .issuer),
        Forgery("iss", ["auth.example.org"], .issuer),
        Forgery("iss", "auth.example.org ", .issuer),
        Forgery("aud", "auth.example.org", .audience),
        Forgery("aud", nil, .audience),
        Forgery("aud", [], .audience),
        Forgery("aud", "helpdesk.example.org.evil", .audience),
        Forgery("aud", [1], .audience),
        Forgery("aud", .object(["x": "helpdesk.example.org"]), .audience),
        Forgery("exp", 1_799_999_970, .expired),
        Forgery("exp", 1_799_999_901, .expired),
        Forgery("exp", nil, .claim("exp")),
        Forgery("exp", "1800000500", .claim("exp")),
        Forgery("exp", 1_799_999_900, .claim("exp")),
        Forgery("exp", 1_800_000_500.5, .claim("exp")),
        Forgery("exp", .integer(.max), .claim("exp")),
        Forgery("iat", 1_800_000_031, .notYetValid),
        Forgery("iat", nil, .claim("iat")),
        Forgery("iat", -1, .claim("iat")),
        Forgery("iat", .number(1e300), .claim("iat")),
        Forgery("iat", .integer(.min), .claim("iat")),
        Forgery("nbf", 1_800_000_031, .notYetValid),
        Forgery("nbf", "now", .claim("nbf")),
        Forgery("nbf", .null, .claim("nbf")),
    ]

    /// TK-01
    @Test(arguments: claims)
    func `a wrong claim is refused`(forgery: Forgery) throws {
        let payload = Self.payload([forgery.member: forgery.value])
        let token = try Self.token(Self.header().serialized(), payload.serialized())
        #expect(Self.refusal(token) == forgery.reason)
    }

    /// TK-01: 30 seconds of skew and no more.
    @Test(arguments: [
        Forgery("exp", 1_799_999_971, nil), Forgery("iat", 1_800_000_030, nil), Forgery("nbf", 1_800_000_030, nil),
        Forgery("nbf", 1_799_999_900, nil), Forgery("aud", "helpdesk.example.org", nil),
    ])
    func `what is just right is accepted`(member: Forgery) throws {
        let payload = Self.payload([member.member: member.value])
        let token = try Self.token(Self.header().serialized(), payload.serialized())
        #expect(Self.refusal(token) == member.reason)
    }

    /// TK-01
    @Test func `duplicate members are refused in header and payload`() throws {
        let header = String(decoding: try Self.header().serialized(), as: UTF8.self)
        let payload = String(decoding: Self.payload().serialized(), as: UTF8.self)
        for (header, payload) in [
            (#"{"alg":"none","# + header.dropFirst(), payload), (header.dropLast() + #","typ":"JWT"}"#, payload),
            (header, #"{"sub":"admin","# + payload.dropFirst()), (header, payload.dropLast() + #","exp":9999999999}"#),
        ] as [(String, String)] {
            let reason = Self.refusal(try Self.token(Array(header.utf8), Array(payload.utf8)))
            guard case .malformed = reason else {
                Issue.record("\(String(describing: reason)) for \(header) \(payload)")
                continue
            }
        }
    }

    /// TK-01
    @Test(arguments: [
        "", "{", "[]", "null", "1", "\"text\"", "{} ", "{}{}", "{\"a\":1,}", "\u{FEFF}{}", "{\"a\":\"\\ud800\"}",
    ])
    func `a header or payload that is no object is refused`(text: String) throws {
        let header = try Self.token(Array(text.utf8), Self.payload().serialized())
        #expect(Self.refusal(header) != nil)
        let payload = try Self.token(Self.header().serialized(), Array(text.utf8))
        #expect(Self.refusal(payload) != nil)
    }

    /// TK-01
    @Test func `a token that is cut, stretched or taken apart is refused`() throws {
        let token = try JWT.sign(Self.payload(), type: .access, key: Self.key.get())
        let parts = token.split(separator: ".").map(String.init)
        for count in 0..<token.utf8.count { #expect(Self.refusal(String(token.prefix(count))) != nil) }
        let others = [
            token + ".", token + ".AAAA", "." + token, token + "=", token + "==", token + " ", token + "\n",
            parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1], parts[0] + ".." + parts[2],
            parts[0] + "=." + parts[1] + "." + parts[2], parts[0] + "." + parts[1] + "=." + parts[2],
            "Bearer " + token, parts[0] + "." + parts[1] + "." + parts[2] + parts[2], parts.joined(),
        ]
        for other in others { #expect(Self.refusal(other) != nil, "\(other)") }
    }

    /// TK-01
    @Test func `no changed character is accepted`() throws {
        let token = Array(try JWT.sign(Self.payload(), type: .access, key: Self.key.get()).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(Self.refusal(String(decoding: changed, as: UTF8.self)) != nil)
        }
    }

    /// TK-01
    @Test func `a token that is too long is not even looked at`() throws {
        let long = Self.payload(["pad": .string(String(repeating: "x", count: 7_000))])
        #expect(Self.refusal(try JWT.sign(long, type: .access, key: Self.key.get())) == .tooLong)
    }

    /// TK-01
    @Test func `the signature of another token or another key is refused`() throws {
        let mine = try JWT.sign(Self.payload(), type: .access, key: Self.key.get()).split(separator: ".")
        let second = try JWT.sign(Self.payload(["sub": "ben"]), type: .access, key: Self.key.get())
        let mixed = mine[0] + "." + mine[1] + "." + second.split(separator: ".")[2]
        #expect(Self.refusal(String(mixed)) == .signature)
        let foreign = try JWT.sign(Self.payload(), type: .access, key: Self.other.get())
        #expect(Self.refusal(foreign) == .unknownKey)
        let signed = String(mine[0] + "." + mine[1])
        let forged = signed + "." + Base64URL.encode(try Self.other.get().sign(Array(signed.utf8)))
        #expect(Self.refusal(forged) == .signature)
    }

    /// TK-01: a pair of zeros verified anything in a well-known implementation (CVE-2022-21449).
    @Test func `a signature of zeros is refused`() throws {
        let signed =
            Base64URL.encode(try Self.header().serialized()) + "." + Base64URL.encode(Self.payload().serialized())
        for count in [0, 1, 32, 63, 64, 65, 72] {
            let forged = signed + "." + Base64URL.encode([UInt8](repeating: 0, count: count))
            #expect(Self.refusal(forged) == .signature)
        }
    }

    /// TK-01: the public key is no HMAC secret.
    @Test func `a token authenticated with the public key is refused`() throws {
        let signed =
            Base64URL.encode(try Self.header(["alg": "HS256"]).serialized()) + "."
            + Base64URL.encode(Self.payload().serialized())
        let pem = try Self.key.get().publicKey.exportPEM()
        let forged = signed + "." + Base64URL.encode(HMAC.sha256(key: Secret(pem), Array(signed.utf8)))
        #expect(Self.refusal(forged) == .algorithm)
    }

    /// TK-02
    @Test(arguments: TokenType.allCases, TokenType.allCases)
    func `a token of one kind is refused where another is wanted`(made: TokenType, wanted: TokenType) throws {
        let token = try JWT.sign(Self.payload(), type: made, key: Self.key.get())
        let expected = TokenExpectation(type: wanted, audience: "helpdesk.example.org", issuer: "auth.example.org")
        #expect(Self.refusal(token, as: expected) == (made == wanted ? nil : .type))
    }

    /// ST-01: a library of another language reads what we sign, and we read what it signs.
    @Test func `PyJWT agrees with us`() throws {
        let key = try Self.key.get()
        let folder = TemporaryFolder()
        let pem = folder.write("key.pem", try #require(try key.exportPEM().copyText()))
        let script = """
            import jwt, sys
            key = open(sys.argv[1]).read()
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
            private = load_pem_private_key(key.encode(), None)
            claims = jwt.decode(sys.argv[2], private.public_key(), algorithms=["ES256"], audience="helpdesk.example.org",
                issuer="auth.example.org", options={"verify_exp": False, "verify_iat": False})
            assert jwt.get_unverified_header(sys.argv[2])["typ"] == "latchkey-access+jwt"
            print(jwt.encode(claims, private, algorithm="ES256",
                headers={"typ": "latchkey-access+jwt", "kid": jwt.get_unverified_header(sys.argv[2])["kid"]}), end="")
            """
        let token = try JWT.sign(Self.payload(), type: .access, key: key)
        let answer = try runSuccessfully("/usr/bin/python3", ["-c", script, pem, token]).text
        #expect(try Self.verify(answer)["sub"] == "anna")
    }
}
