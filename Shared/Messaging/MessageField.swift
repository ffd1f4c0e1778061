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
    /// A whole number of minutes.
    case minutes
    /// The raw value of a `HelpdeskAction`.
    case action
    /// The raw value of an `AuthenticationType`.
    case factor
    /// The product's name, filled in from the configuration.
    case product
    /// When the message was written, filled in by the outbox.
    case time

    /// Filled in for the sender.
    static let standing: Set<MessageField> = [.product, .time]

    /// The values it may have, each with a phrase in every language; `nil` where any text will do.
    var values: [String]? {
        switch self {
        case .action: HelpdeskAction.allCases.map(\.rawValue)
        case .factor: AuthenticationType.allCases.map(\.rawValue)
        case .mustChange: ["true", "false"]
        case .login, .store, .otherLogin, .otherStore, .password, .code, .minutes, .product, .time: nil
        }
    }
}
