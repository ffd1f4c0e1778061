import Crypto
import Model
import Testing

@Suite struct TOTPTests {
    struct Vector: Sendable {
        let time: Int64
        let values: [TOTP.Algorithm: String]
    }

    /// RFC 6238 appendix B.
    static let vectors: [Vector] = [
        (59, "94287082", "46119246", "90693936"),
        (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"),
        (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"),
        (20_000_000_000, "65353130", "77737706", "47863826"),
    ].map { Vector(time: $0.0, values: [.sha1: $0.1, .sha256: $0.2, .sha512: $0.3]) }

    /// TP-01
    @Test(arguments: vectors, TOTP.Algorithm.allCases)
    func `all 18 values of RFC 6238 appendix B`(vector: Vector, algorithm: TOTP.Algorithm) {
        let length: [TOTP.Algorithm: Int] = [.sha1: 20, .sha256: 32, .sha512: 64]
        let digits = Array("1234567890".utf8)
        let secret = Secret((0..<(length[algorithm] ?? 0)).map { digits[$0 % 10] })
        let step = TOTP.step(at: Timestamp(seconds: vector.time))
        let value = TOTP.value(secret: secret, step: step, digits: 8, algorithm: algorithm)
        #expect(value == vector.values[algorithm])
    }

    /// RFC 4226 appendix D.
    @Test(
        arguments: zip(
            Int64(0)...9,
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]))
    func `the ten values of RFC 4226 appendix D`(counter: Int64, value: String) {
        #expect(TOTP.value(secret: secret, step: counter) == value)
    }

    /// TP-02
    @Test func `only this step and the one before are accepted`() {
        let moment = Timestamp(seconds: 3_000)
        for offset in Int64(-3)...3 {
            let typed = TOTP.value(secret: secret, step: 100 + offset)
            let expected = offset == 0 || offset == -1 ? 100 + offset : nil
            #expect(TOTP.matchingStep(typed, secret: secret, at: moment, after: nil) == expected)
        }
    }

    /// TP-02
    @Test func `a step that is not later than the last accepted one is refused`() {
        let moment = Timestamp(seconds: 3_000)
        let now = TOTP.value(secret: secret, step: 100)
        let before = TOTP.value(secret: secret, step: 99)
        #expect(TOTP.matchingStep(now, secret: secret, at: moment, after: 100) == nil)
        #expect(TOTP.matchingStep(now, secret: secret, at: moment, after: 99) == 100)
        #expect(TOTP.matchingStep(before, secret: secret, at: moment, after: 99) == nil)
        #expect(TOTP.matchingStep(before, secret: secret, at: moment, after: 98) == 99)
    }

    @Test(arguments: ["", "1", "12345", "1234567", " 755224", "755224 ", "７５５２２４"])
    func `what is not exactly the digits is refused`(typed: String) {
        #expect(TOTP.matchingStep(typed, secret: secret, at: Timestamp(seconds: 0), after: nil) == nil)
        #expect(TOTP.matchingStep("755224", secret: secret, at: Timestamp(seconds: 0), after: nil) == 0)
    }

    /// TP-04
    @Test func `the URI is percent-encoded`() {
        let uri = TOTP.uri(secret: secret, issuer: "Café & Söhne", account: "anna:b@example.org")
        #expect(
            uri == """
                otpauth://totp/Caf%C3%A9%20%26%20S%C3%B6hne:anna%3Ab%40example.org\
                ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Caf%C3%A9%20%26%20S%C3%B6hne\
                &algorithm=SHA1&digits=6&period=30
                """)
    }

    private let secret = Secret("12345678901234567890")
}
