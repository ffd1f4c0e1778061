/// A way a person can prove who they are.
///
/// The raw value is the name on the wire, in configuration and in the history.
public enum AuthenticationType: String, CaseIterable, Sendable, Hashable {
    case securityQuestions
    case mobile
    case email
    case authenticator
    case linkAccount
    case yubiKey
    case windowsHello

    /// Whether an operator can verify a caller with it (VS-05, seed: "Helpdesk cannot authenticate users with the
    /// Link Account, YubiKey, and Windows Hello authentication types").
    public var isVerifiableByHelpdesk: Bool {
        switch self {
        case .securityQuestions, .mobile, .email, .authenticator: true
        case .linkAccount, .yubiKey, .windowsHello: false
        }
    }

    /// The types a person can enroll by themselves today.
    public static let selfEnrollable: [AuthenticationType] = [.securityQuestions, .mobile, .email, .authenticator]
}
