/// The numbers the security of the product rests on, each with its default and its legal range.
///
/// Configuration outside a range refuses to start. Sources: NIST SP 800-63B-4, OWASP ASVS 5.0, RFC 4226, RFC 6238;
/// where none is named the number is an engineering choice inside the norm.
public struct SecurityLimits: Sendable, Equatable {
    /// One number with its legal range.
    public struct Limit: Sendable {
        /// The name in the configuration, unit included.
        public let name: String
        /// The value where the configuration is silent.
        public let standard: Int
        /// The legal values.
        public let range: ClosedRange<Int>
    }

    /// A verification ends this long after it began.
    public static let verificationSeconds = Limit(name: "verificationSeconds", standard: 1_800, range: 300...3_600)
    /// A verification ends after this long without a call, but never before a live code has expired.
    public static let verificationIdleSeconds = Limit(
        name: "verificationIdleSeconds", standard: 600, range: 60...1_800)
    /// Life of a proof token.
    public static let proofSeconds = Limit(name: "proofSeconds", standard: 300, range: 30...600)
    /// Decimal digits of an access code; at least 6 (NIST SP 800-63B §3.1.3.2).
    public static let codeDigits = Limit(name: "codeDigits", standard: 8, range: 6...10)
    /// Life of a code sent by SMS; at most 10 minutes (NIST SP 800-63B §3.1.3.2).
    public static let smsCodeSeconds = Limit(name: "smsCodeSeconds", standard: 300, range: 60...600)
    /// Life of a code sent by mail; at most 10 minutes.
    public static let mailCodeSeconds = Limit(name: "mailCodeSeconds", standard: 600, range: 60...600)
    /// Tries for one code.
    public static let triesPerCode = Limit(name: "triesPerCode", standard: 3, range: 1...10)
    /// Least time between two codes to one address.
    public static let codeGapSeconds = Limit(name: "codeGapSeconds", standard: 30, range: 0...600)
    /// Codes to one address in 10 minutes.
    public static let codesPerTenMinutes = Limit(name: "codesPerTenMinutes", standard: 3, range: 1...20)
    /// Codes to one address in an hour.
    public static let codesPerHour = Limit(name: "codesPerHour", standard: 5, range: 1...50)
    /// Codes to one address in a day.
    public static let codesPerDay = Limit(name: "codesPerDay", standard: 10, range: 1...100)
    /// Failures in a row that lock one factor of one account (NIST SP 800-63B §3.2.2 allows at most 100).
    public static let failuresPerFactor = Limit(name: "failuresPerFactor", standard: 5, range: 1...100)
    /// How long a factor stays locked.
    public static let factorLockSeconds = Limit(name: "factorLockSeconds", standard: 900, range: 60...86_400)
    /// Failures of one account in 24 hours, over all factors and operators, after which a supervisor is needed.
    public static let failuresPerDay = Limit(name: "failuresPerDay", standard: 10, range: 1...100)
    /// Security questions asked, or the policy's minimum if that is more.
    public static let questionsAsked = Limit(name: "questionsAsked", standard: 3, range: 1...10)
    /// Wrong answers that end the questions of a verification.
    public static let wrongAnswersPerVerification = Limit(
        name: "wrongAnswersPerVerification", standard: 3, range: 1...10)
    /// Memory of one Argon2id hash (OWASP Password Storage Cheat Sheet).
    public static let argon2MemoryKiB = Limit(name: "argon2MemoryKiB", standard: 19_456, range: 19_456...1_048_576)
    /// Passes of one Argon2id hash.
    public static let argon2Passes = Limit(name: "argon2Passes", standard: 2, range: 2...10)
    /// An operator's session ends after this long without an act.
    public static let sessionIdleSeconds = Limit(name: "sessionIdleSeconds", standard: 900, range: 60...3_600)
    /// An operator's session ends this long after sign-in (NIST SP 800-63B §2.2.3).
    public static let sessionSeconds = Limit(name: "sessionSeconds", standard: 28_800, range: 600...43_200)
    /// How long a step-up lets its session change the configuration (NIST SP 800-63B §2.2.3).
    public static let stepUpSeconds = Limit(name: "stepUpSeconds", standard: 300, range: 60...900)
    /// Life of an access token.
    public static let accessTokenSeconds = Limit(name: "accessTokenSeconds", standard: 600, range: 60...900)
    /// Life of a token between the services.
    public static let serviceTokenSeconds = Limit(name: "serviceTokenSeconds", standard: 300, range: 30...600)
    /// Days a signing key signs before the next takes over.
    public static let signingKeyDays = Limit(name: "signingKeyDays", standard: 90, range: 1...365)
    /// Resets by one operator in an hour; 0 is no cap (OP-06).
    public static let resetsPerHour = Limit(name: "resetsPerHour", standard: 60, range: 0...10_000)
    /// How long after the help desk removed a type that a caller could be asked for a restricted reset of the account takes
    /// a second person; 0 is never.
    public static let secondPersonAfterUnenrollSeconds = Limit(
        name: "secondPersonAfterUnenrollSeconds", standard: 86_400, range: 0...604_800)
    /// How long a second person can be waited for, and an approval can be used.
    public static let approvalSeconds = Limit(name: "approvalSeconds", standard: 1_800, range: 300...86_400)
    /// SMS the service sends in a day (RL-04).
    public static let smsPerDay = Limit(name: "smsPerDay", standard: 1_000, range: 0...1_000_000)
    /// Sign-in attempts for one login in 10 minutes, right or wrong.
    public static let signInsPerLogin = Limit(name: "signInsPerLogin", standard: 20, range: 3...1_000)
    /// Failed sign-ins from one address in 10 minutes.
    public static let failedSignInsPerAddress = Limit(
        name: "failedSignInsPerAddress", standard: 100, range: 5...100_000)

    /// Life of a secure link sent by mail; at most 24 hours (NIST SP 800-63B §4.2.1.2).
    public static let mailLinkSeconds = Limit(name: "mailLinkSeconds", standard: 3_600, range: 300...86_400)
    /// Life of a secure link sent by SMS; at most 10 minutes (NIST SP 800-63B §4.2.1.2).
    public static let smsLinkSeconds = Limit(name: "smsLinkSeconds", standard: 600, range: 120...600)
    /// Tokens that open nothing, and passwords refused, from one address in 10 minutes.
    public static let linkFailuresPerAddress = Limit(name: "linkFailuresPerAddress", standard: 30, range: 5...10_000)

    /// Difference between two clocks that is forgiven in token times.
    public static let clockSkew = Duration.seconds(30)
    /// TOTP time step (RFC 6238 §5.2).
    public static let totpStepSeconds: Int64 = 30
    /// Digits of a TOTP value (RFC 4226 §5.3).
    public static let totpDigits = 6
    /// Bytes of a TOTP secret (RFC 4226 §4, R6).
    public static let totpSecretBytes = 20
    /// Bytes of random session ids and link tokens (ASVS 7.2.3 asks for 16).
    public static let tokenBytes = 32
    /// Life of a stored answer to an idempotent request.
    public static let idempotencyRecord = Duration.seconds(86_400)
    /// How long the failed accounts of an operation can be tried again.
    public static let retryWindow = Duration.seconds(900)
    /// Characters of a generated password.
    public static let generatedPasswordLength = 16

    /// Every limit that configuration may set.
    public static let all: [Limit] = [
        verificationSeconds, verificationIdleSeconds, proofSeconds, codeDigits, smsCodeSeconds, mailCodeSeconds,
        triesPerCode, codeGapSeconds, codesPerTenMinutes, codesPerHour, codesPerDay, failuresPerFactor,
        factorLockSeconds, failuresPerDay, questionsAsked, wrongAnswersPerVerification, argon2MemoryKiB,
        argon2Passes, sessionIdleSeconds, sessionSeconds, stepUpSeconds, accessTokenSeconds, serviceTokenSeconds,
        signingKeyDays, resetsPerHour, secondPersonAfterUnenrollSeconds, approvalSeconds, smsPerDay, signInsPerLogin,
        failedSignInsPerAddress, mailLinkSeconds, smsLinkSeconds, linkFailuresPerAddress,
    ]

    private var overrides: [String: Int] = [:]

    /// The defaults.
    public init() {}

    /// The value in force.
    public subscript(limit: Limit) -> Int {
        overrides[limit.name] ?? limit.standard
    }

    /// The value in force, as a span of that many seconds.
    public func seconds(_ limit: Limit) -> Duration {
        .seconds(self[limit])
    }

    /// Sets a limit; answers `false` and changes nothing when the value is outside the legal range.
    public mutating func set(_ limit: Limit, to value: Int) -> Bool {
        guard limit.range.contains(value) else { return false }
        overrides[limit.name] = value
        return true
    }
}
