import Model

/// Time-based one-time passwords (RFC 6238).
public enum TOTP {
    /// The hash inside; authenticator apps know SHA-1 for sure.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// HMAC-SHA-1, the standard's default.
        case sha1 = "SHA1"
        /// HMAC-SHA-256.
        case sha256 = "SHA256"
        /// HMAC-SHA-512.
        case sha512 = "SHA512"
    }

    /// The value of one time step (RFC 4226 §5.3), leading zeros kept.
    ///
    /// - Parameters:
    ///   - step: number of the step since 1970; see `step(at:)`.
    ///   - digits: 6 to 9; other numbers are clamped.
    public static func value(
        secret: Secret, step: Int64, digits: Int = SecurityLimits.totpDigits, algorithm: Algorithm = .sha1
    ) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let code = mac(algorithm, secret, message)
        let offset = Int(code[code.count - 1] & 0x0F)
        let word = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = min(max(digits, 6), 9)
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let text = String(word % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The number of the 30-second step a moment lies in.
    public static func step(at moment: Timestamp) -> Int64 {
        moment.seconds / SecurityLimits.totpStepSeconds
    }

    /// The step whose value was typed: this one or the one before (RFC 6238 §5.2), and only if it is later than the
    /// last accepted one (TP-02); `nil` otherwise.
    ///
    /// Both candidates are always computed and compared in constant time. The caller still has to record the step
    /// with a compare-and-set, because two answers may arrive at once.
    public static func matchingStep(
        _ typed: String, secret: Secret, at moment: Timestamp, after last: Int64?
    ) -> Int64? {
        let current = step(at: moment)
        var match: Int64?
        for candidate in [current - 1, current] {
            let isEqual = constantTimeEquals(Array(typed.utf8), Array(value(secret: secret, step: candidate).utf8))
            if isEqual, candidate > last ?? .min { match = candidate }
        }
        return match
    }

    private static func mac(_ algorithm: Algorithm, _ secret: Secret, _ message: [UInt8]) -> [UInt8] {
        switch algorithm {
        case .sha1: HMAC.sha1(key: secret, message)
        case .sha256: HMAC.sha256(key: secret, message)
        case .sha512: HMAC.sha512(key: secret, message)
        }
    }
}
