import AuthAPI
import Crypto
import Model
import StrictJSON

@testable import AuthService

/// Makes tokens that must be refused, as close to a right one as can be.
struct Forgery: Sendable {
    private let access: JSON
    private let service: JSON
    private let right: SignedIn
    private let now: Int64
    private let authKey: SigningKey
    private let helpdeskKey: SigningKey
    private let stranger: SigningKey

    init(house: TestHouse, person: SignedIn) throws {
        let payload = person.accessToken.split(separator: ".")[1]
        access = try JSON.parse(try required(Base64URL.decode(String(payload))))
        let serviceToken = try house.serviceToken()
        service = try JSON.parse(try required(Base64URL.decode(String(serviceToken.split(separator: ".")[1]))))
        right = person
        now = house.clock.now().seconds
        authKey = house.signingKey
        helpdeskKey = house.helpdeskKey
        stranger = try SigningKey.generate()
    }

    func wrongAccessTokens() throws -> [(String, String)] {
        try wrongTokens(
            payload: access, type: .access, key: authKey, others: [.service, .proof])
            + [("a service token", try JWT.sign(service, type: .service, key: helpdeskKey))]
    }

    func wrongServiceTokens() throws -> [(String, String)] {
        let long = changed(service, "exp", .integer(now + 86_400))
        return try wrongTokens(payload: service, type: .service, key: helpdeskKey, others: [.access, .proof])
            + [
                ("a person's", right.accessToken),
                ("of a day's life", try JWT.sign(long, type: .service, key: helpdeskKey)),
                ("signed by the auth service", try JWT.sign(service, type: .service, key: authKey)),
            ]
    }

    private func wrongTokens(
        payload: JSON, type: TokenType, key: SigningKey, others: [TokenType]
    ) throws -> [(String, String)] {
        var tokens = try others.map { ("of type \($0)", try JWT.sign(payload, type: $0, key: key)) }
        let claims: [(String, JSON?)] = [
            ("iss", "latchkey-elsewhere"), ("aud", "latchkey-elsewhere"), ("aud", .array([])), ("aud", .null),
            ("exp", .integer(now - 31)), ("exp", .string("never")), ("exp", .number(9e99)), ("iat", .integer(now + 31)),
            ("nbf", .integer(now + 31)), ("iss", nil), ("aud", nil), ("exp", nil), ("iat", nil),
        ]
        for (name, value) in claims {
            tokens.append(
                (
                    "with \(name) \(value.map { "\($0)" } ?? "missing")",
                    try JWT.sign(changed(payload, name, value), type: type, key: key)
                ))
        }
        tokens.append(("signed by a stranger", try JWT.sign(payload, type: type, key: stranger)))
        return try tokens + byHand(payload, type, key)
    }

    /// Tokens no library makes.
    private func byHand(_ payload: JSON, _ type: TokenType, _ key: SigningKey) throws -> [(String, String)] {
        let valid = try JWT.sign(payload, type: type, key: key)
        let parts = valid.split(separator: ".").map(String.init)
        let body = Base64URL.encode(payload.serialized())
        func header(_ members: KeyValuePairs<String, JSON?>) -> String {
            Base64URL.encode(JSON.object(members).serialized())
        }
        let typ = JSON.string(type.rawValue)
        let none = header(["alg": "none", "typ": typ, "kid": .string(key.id)])
        let symmetric = header(["alg": "HS256", "typ": typ, "kid": .string(key.id)]) + "." + body
        let publicKey = Secret(key.publicKey.jwk.serialized())
        let macs = [
            HMAC.sha256(key: publicKey, Array(symmetric.utf8)), HMAC.sha256(key: Secret(""), Array(symmetric.utf8)),
        ]
        let twice = Array("{\"iss\":\"x\",".utf8) + payload.serialized().dropFirst()
        var list = [
            ("without algorithm", "\(none).\(body)."), ("without algorithm, signed", "\(none).\(body).\(parts[2])"),
            ("truncated", String(valid.dropLast(2))), ("of two parts", "\(parts[0]).\(parts[1])"),
            ("of four parts", valid + ".x"), ("with another body", "\(parts[0]).\(body)A.\(parts[2])"),
            ("without signature", "\(parts[0]).\(parts[1])."), ("empty", "."),
            ("too long", valid + String(repeating: "A", count: 9_000)),
            ("padded", valid + "=="),
            (
                "with a claim twice",
                try signed(header(["alg": "ES256", "typ": typ, "kid": .string(key.id)]), twice, key)
            ),
            ("without kid", try signed(header(["alg": "ES256", "typ": typ]), payload.serialized(), key)),
            (
                "with a key in its head",
                try signed(
                    header(["alg": "ES256", "typ": typ, "kid": .string(stranger.id), "jwk": stranger.publicKey.jwk]),
                    payload.serialized(), stranger)
            ),
            (
                "with a key's address",
                try signed(
                    header(["alg": "ES256", "typ": typ, "kid": .string(key.id), "jku": "https://example.org/keys"]),
                    payload.serialized(), key)
            ),
            (
                "with a critical extension",
                try signed(
                    header(["alg": "ES256", "typ": typ, "kid": .string(key.id), "crit": .array(["exp"])]),
                    payload.serialized(), key)
            ),
            (
                "of type JWT",
                try signed(header(["alg": "ES256", "typ": "JWT", "kid": .string(key.id)]), payload.serialized(), key)
            ),
            ("without type", try signed(header(["alg": "ES256", "kid": .string(key.id)]), payload.serialized(), key)),
        ]
        for mac in macs { list.append(("with the public key as secret", symmetric + "." + Base64URL.encode(mac))) }
        return list
    }

    private func signed(_ header: String, _ payload: [UInt8], _ key: SigningKey) throws -> String {
        let text = header + "." + Base64URL.encode(payload)
        return text + "." + Base64URL.encode(try key.sign(Array(text.utf8)))
    }

    private func changed(_ payload: JSON, _ name: String, _ value: JSON?) -> JSON {
        let rest = (payload.objectValue ?? []).filter { $0.name != name }
        return .object(rest + (value.map { [JSONMember(name: name, value: $0)] } ?? []))
    }
}
