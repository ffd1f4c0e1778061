import Model

/// A place in a template, written `{name}`.
public enum MessageField: String, CaseIterable, Sendable, Hashable {
    /// The account's sign-in name.
    case login
    /// The identity store's name.
    case store
    /// The sign-in name of the other account a message is about.
    case otherLogin
    /// The name of the other account's store.
    case otherStore
    /// A password in clear.
    case password
    /// `true` or `false`: the password has to be changed at the next sign-in.
    case mustChange
    /// An access code.
    case code
    /// The address of the page where the owner sets a password, with the token that opens it.
    case link
    /// A whole number of minutes.
    case minutes
    /// The raw value of a `HelpdeskAction`.
    case action
    /// The raw value of an `AuthenticationType`.
    case factor
    /// Raw values of `AuthenticationType`, separated by commas.
    case types
    /// The product's name, filled in from the configuration.
    case product
    /// When the message was written, filled in by the outbox.
    case time

    /// What a message exists for: no form of it may leave this out.
    static let essential: Set<MessageField> = [.code, .password, .link]

    /// Filled in for the sender.
    static let standing: Set<MessageField> = [.product, .time]

    /// The values it may have, each with a phrase in every language; `nil` where any text will do.
    var values: [String]? {
        switch self {
        case .action: HelpdeskAction.allCases.map(\.rawValue)
        case .factor, .types: AuthenticationType.allCases.map(\.rawValue)
        case .mustChange: ["true", "false"]
        case .login, .store, .otherLogin, .otherStore, .password, .code, .link, .minutes, .product, .time: nil
        }
    }

    /// Whether it has several of its values, separated by commas.
    var isList: Bool { self == .types }

    /// A value to show how a template looks.
    var sample: String {
        switch self {
        case .login: "jane.doe"
        case .store: "Staff"
        case .otherLogin: "c.jane.doe"
        case .otherStore: "Contractors"
        case .password: "Kq7mWx2pRt9vBn4z"
        case .mustChange: "true"
        case .code: "31415926"
        case .link: "https://helpdesk.example.org/reset#3f8Zk1v0Q2m7Yc5Xn9Rb4Wd6Tg1Hj0Lp2Us8Ea5Vo3I"
        case .minutes: "10"
        case .action: HelpdeskAction.resetPassword.rawValue
        case .factor: AuthenticationType.authenticator.rawValue
        case .types: "authenticator,mobile"
        case .product: "Latchkey"
        case .time: "2026-11-21 12:00 UTC"
        }
    }
}
