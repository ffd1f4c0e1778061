import AuthAPI
import AuthClient
import Model
import StrictJSON

/// Somebody who may act at the desk: signed in, and the session and role were asked for a moment ago (OP-01).
struct DeskOperator: Sendable {
    let person: SignedIn
    let authority: OperatorAuthority
}

/// What an operator asks to be done.
struct ActRequest: Sendable {
    let action: HelpdeskAction
    /// The account whose page it was started from.
    let user: AccountID
    /// The accounts picked; all of that person.
    let accounts: [AccountID]
    let verification: VerificationID?
    /// Why verification is skipped.
    let reason: String?
    /// How the new password comes about and where it goes; `nil` for an unlock.
    let delivery: PasswordDelivery?
}

/// How a new password comes about and where it goes.
struct PasswordDelivery: Sendable {
    let password: PasswordChoice
    let contacts: [ContactChoice]
}

/// Where a new password comes from.
enum PasswordChoice: Sendable {
    /// The operator typed it.
    case typed(Secret)
    /// It is to be made.
    case generated
    /// The owner chooses it, on the page a link opens (R3).
    case byOwner
    /// It was checked or made when the operation began, which is being tried again.
    case kept(Secret, wasGenerated: Bool)

    /// Whether an operator typed it.
    var isTyped: Bool {
        switch self {
        case .typed: true
        case .generated, .byOwner: false
        case .kept(_, let wasGenerated): !wasGenerated
        }
    }
}

extension PasswordDelivery {
    /// How the password reaches its owner.
    var method: HelpdeskPolicy.ResetMethod {
        switch password {
        case .byOwner: .secureLink
        case .typed, .generated, .kept: .newPassword
        }
    }
}

/// An address chosen by its opaque id (R9).
struct ContactChoice: Sendable, Equatable {
    let id: ContactID
    /// The channel it was offered for; `nil`: whatever it is.
    let channel: MessageChannelKind?
}

/// The answer to an act.
struct ActAnswer: Sendable {
    let status: Int
    let body: JSON
}
