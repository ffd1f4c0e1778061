import StrictJSON

/// Why Entra refuses a password ("Microsoft Entra authentication and authorization error codes").
struct SignInCodes: Sendable {
    let all: [Int64]

    init(body: JSON) {
        all = body["error_codes"]?.arrayValue?.prefix(16).compactMap(\.integerValue) ?? []
    }

    /// As for any other wrong password.
    static let emptyPassword = SignInCodes(all: [50_126])

    private init(all: [Int64]) {
        self.all = all
    }

    /// Consent is missing, or the application may not use this grant: nothing a person did.
    var areAboutTheApplication: Bool {
        !Set<Int64>([65_001, 65_004, 7_000_218, 7_000_215, 7_000_222, 700_016, 90_002, 50_128, 900_023])
            .isDisjoint(with: all)
    }

    /// What it is for the audit log. What is not known here is a rule of the tenant: let in nobody by mistake.
    var reason: SignInRejection.Reason {
        for code in all {
            switch code {
            case 50_034, 51_004, 90_072, 50_020: return .unknownAccount
            case 50_126, 50_056: return .wrongPassword
            case 50_053: return .locked
            case 50_057: return .disabled
            case 50_055, 50_144: return .passwordExpired
            default: continue
            }
        }
        return .refusedByDirectory
    }

    /// Whether the password was right all the same: Entra looks at expiry, second factors and conditional access only
    /// after the password. Never told outward (RL-03).
    var sayThatThePasswordIsRight: Bool {
        !Set<Int64>([50_055, 50_144, 50_072, 50_074, 50_076, 50_079, 50_158, 53_000, 53_001, 53_002, 53_003, 53_004])
            .isDisjoint(with: all)
    }
}
