import Model

/// Why a rule says no.
///
/// The raw value is the stable problem code on the wire and in the history; `sentence` is what an operator reads.
/// A rule answers with a reason, never with a bare `false`.
public enum Refusal: String, Error, CaseIterable, Sendable {
    case permissionMissing = "policy.permission_missing"
    case storeOutOfScope = "policy.store_out_of_scope"
    case ownAccount = "policy.own_account"
    case protectedAccount = "policy.protected_account"
    case equalRankNeedsProof = "policy.equal_rank_needs_proof"
    case outsideContainer = "policy.outside_container"
    case notEnrolled = "policy.not_enrolled"
    case unlockUnsupported = "policy.unlock_unsupported"
    case proofRequired = "helpdesk.caller_not_verified"
    case questionsNotEnrolled = "policy.questions_not_enrolled"
    case tooFewQuestionsEnrolled = "policy.too_few_questions_enrolled"
    case enforcedTypeNotEnrolled = "policy.enforced_type_not_enrolled"
    case tooFewVerifiableTypes = "policy.too_few_verifiable_types"
    case possessionTypeNeeded = "policy.possession_type_needed"
    case supervisorNeeded = "policy.supervisor_needed"
    case accountsNotLinked = "policy.accounts_not_linked"
    case skipReasonRequired = "policy.skip_reason_required"
    case methodNotAllowed = "policy.method_not_allowed"
    case channelNotAllowed = "policy.channel_not_allowed"
    case channelRequired = "policy.channel_required"
    case directoryAddressNotAllowed = "policy.directory_address_not_allowed"
    case typedPasswordNotAllowed = "policy.typed_password_not_allowed"
    case resetCapReached = "policy.reset_cap_reached"
    case secondPersonNeeded = "policy.second_person_needed"
    case secondPersonDeclined = "policy.second_person_declined"
    case ownRequest = "policy.own_request"
    case ownUnenrollment = "policy.own_unenrollment"
    case roleOfHigherRank = "policy.role_of_higher_rank"

    /// The reason in words an operator can act on.
    public var sentence: String {
        switch self {
        case .permissionMissing: "Your role does not have the permission this needs."
        case .storeOutOfScope: "Your role does not reach into the identity store of this account."
        case .ownAccount: "Operators cannot act on their own account here."
        case .protectedAccount: "This account is protected: the help desk cannot act on it."
        case .equalRankNeedsProof: "This account belongs to an operator of your rank: the caller has to be verified."
        case .outsideContainer: "The account is outside the container your role is limited to."
        case .notEnrolled:
            "The user is not enrolled. That takes the permission for any account and a role in unrestricted mode; "
                + "in restricted mode, send an enrollment reminder."
        case .unlockUnsupported: "This kind of identity store has no account unlock; the user's page says why."
        case .proofRequired: "The caller has not been verified for this account and this action."
        case .questionsNotEnrolled:
            "Your role has to ask security questions, and the user is not enrolled with security questions."
        case .tooFewQuestionsEnrolled: "The user is enrolled with fewer security questions than your role has to ask."
        case .enforcedTypeNotEnrolled:
            "The user's policy enforces an authentication type the user is not enrolled with. "
                + "Send an enrollment reminder."
        case .tooFewVerifiableTypes:
            "The user is enrolled with too few authentication types that the help desk can verify. "
                + "Send an enrollment reminder."
        case .possessionTypeNeeded:
            "Security questions alone do not prove a caller here: mobile, email or authenticator is needed."
        case .supervisorNeeded:
            "Verification of this account failed too often in the last 24 hours: a supervisor has to approve the next."
        case .accountsNotLinked: "The accounts are not linked to one enrolled person."
        case .skipReasonRequired: "Your role has to give a reason for skipping verification."
        case .methodNotAllowed: "Your role does not have this password reset method."
        case .channelNotAllowed: "Your role does not have this delivery channel."
        case .channelRequired: "The password has to be sent to the user: choose a mobile number or an email address."
        case .directoryAddressNotAllowed: "For enrolled users your role may only use the addresses they enrolled."
        case .typedPasswordNotAllowed: "Your role may only have passwords generated."
        case .resetCapReached: "You have reached the number of resets an operator may make in an hour."
        case .secondPersonNeeded: "A second person has to approve this first: ask a supervisor."
        case .secondPersonDeclined: "A supervisor has declined this."
        case .ownRequest: "Nobody approves what they asked for themselves."
        case .ownUnenrollment: "Whoever removed the enrollment does not approve the reset that follows it."
        case .roleOfHigherRank: "The role is, or would be, of higher rank than your own."
        }
    }
}
