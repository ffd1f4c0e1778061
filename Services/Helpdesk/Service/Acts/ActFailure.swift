/// Why one account of an act was not done, where no rule and no directory has said it in words of its own.
enum ActFailure: String, CaseIterable, Sendable {
    case interrupted = "helpdesk.interrupted"
    case accountGone = "helpdesk.account_gone"
    case accountChanged = "helpdesk.account_changed"
    case storeUnavailable = "helpdesk.store_unavailable"
    case storeMalformed = "helpdesk.store_malformed"
    case storeUnsupported = "helpdesk.store_unsupported"
    case outcomeUnknown = "helpdesk.outcome_unknown"

    /// The reason in words an operator can act on.
    var sentence: String {
        switch self {
        case .interrupted: "The service stopped before the directory was written. Try again."
        case .accountGone: "The account is no longer in the directory."
        case .accountChanged: "Somebody else changed the account in the meantime. Look again, then try again."
        case .storeUnavailable: "The identity store did not answer or could not write; nothing was changed. Try again."
        case .storeMalformed: "The identity store answered in a way that cannot be understood; nothing was changed."
        case .storeUnsupported: "This identity store cannot do that."
        case .outcomeUnknown:
            "It cannot be told whether the directory was changed. Look at the account before doing anything else."
        }
    }
}

extension Intent {
    /// The intent, not done for this reason.
    func failed(_ failure: ActFailure) -> Intent {
        ended(.failed, reason: failure.rawValue, message: failure.sentence)
    }

    /// The intent in its last state.
    func ended(_ state: State, reason: String? = nil, message: String? = nil) -> Intent {
        Intent(
            account: account, state: state, credentialVersion: credentialVersion, wasLocked: wasLocked,
            reason: reason, message: message)
    }
}
