import Model

/// The factors an operator can check with one value. A new type is one folder and one line here.
struct FactorRegistry: Sendable {
    private let factors: [AuthenticationType: any Factor]

    init(_ collaborators: Collaborators) {
        let codes = AccessCodes(
            keyring: collaborators.keyring, random: collaborators.random, limits: collaborators.limits)
        let all: [any Factor] = [
            AccessCodeFactor(type: .mobile, codes: codes),
            AccessCodeFactor(type: .email, codes: codes),
            AuthenticatorFactor(keyring: collaborators.keyring),
        ]
        factors = Dictionary(all.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(type: AuthenticationType) -> (any Factor)? { factors[type] }
}
