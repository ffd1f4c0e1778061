import AuthAPI
import AuthClient
import Directory
import Model

/// An act that policy allows, with everything it needs. Nothing of it has been done or stored.
struct PlannedAct: Sendable {
    /// What allows it.
    enum Grant: Sendable, Equatable {
        /// The proof of this verification.
        case proof(VerificationID)
        /// Nothing: the operator may skip verification and does.
        case skip
        /// What allowed the operation when it began; it is being tried again.
        case standing
    }

    let operation: Operation
    let request: IdempotentRequest
    let desk: DeskOperator
    let targets: [TargetFacts]
    let grant: Grant
    /// Whether the operation was opened before and its failed accounts are tried again.
    let isRetry: Bool
    let password: PlannedPassword?
    /// The link that is sent in place of a password.
    let link: PlannedLink?
    let contacts: UserContacts
    /// Whether the owner is told that nobody verified the caller (VS-11).
    var tellsOfSkipping: Bool { grant == .skip }
}

/// The new password of a planned reset.
struct PlannedPassword: Sendable {
    let secret: Secret
    let sealed: [UInt8]
    let isGenerated: Bool
    let mustChange: Bool
    /// Whether the answer may hold it: generated now, and the operator's role may see passwords (R11).
    let isShown: Bool
    /// Where it goes.
    let contacts: [Contact]
}
