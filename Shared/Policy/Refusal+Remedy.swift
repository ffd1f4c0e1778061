extension Refusal {
    /// What it would take for the answer to be another, in words for an administrator.
    public var remedy: String {
        switch self {
        case .permissionMissing: "A role with the permission for this action."
        case .storeOutOfScope: "A role with the account's store in its scope."
        case .ownAccount: "Another operator."
        case .protectedAccount:
            "Nothing at the desk: the account is in a protected group, of a higher rank, or without a role."
        case .equalRankNeedsProof: "An enrollment of the user: somebody of equal rank has to be proved."
        case .outsideContainer: "A role without that container, or with one that holds the account."
        case .notEnrolled: "An enrollment of the user, or a role in unrestricted mode."
        case .unlockUnsupported: "A reset of the password instead."
        case .proofRequired: "A verification of the caller."
        case .questionsNotEnrolled:
            "An enrollment of the user with security questions, or a role that does not ask any."
        case .tooFewQuestionsEnrolled: "More questions enrolled, or a role that asks fewer."
        case .enforcedTypeNotEnrolled: "An enrollment of the user with every type the user's policy enforces."
        case .tooFewVerifiableTypes:
            "More types enrolled that the help desk can verify, or a policy that asks for fewer."
        case .possessionTypeNeeded: "An enrollment of the user with mobile, email or authenticator."
        case .supervisorNeeded: "Time, or a supervisor who allows the next verification."
        case .accountsNotLinked: "Accounts that are linked to one enrolled person."
        case .skipReasonRequired: "A reason for skipping."
        case .methodNotAllowed: "A role with this reset method."
        case .channelNotAllowed: "A role with this channel."
        case .channelRequired: "An address to send the password to."
        case .directoryAddressNotAllowed: "A role that may use the directory's addresses, or an enrolled address."
        case .typedPasswordNotAllowed: "A generated password, or a role that may see passwords."
        case .resetCapReached: "Time, or a higher cap."
        case .secondPersonNeeded: "The approval of a supervisor."
        case .secondPersonDeclined: "Another request, and a supervisor who approves it."
        case .ownRequest: "Another supervisor."
        case .ownUnenrollment: "A supervisor who did not remove it."
        case .roleOfHigherRank: "An administrator of that rank."
        }
    }
}
