import Model

/// Whether an operator may remove what an account is enrolled with (E2), under the limits a reset has (P1, P4).
public enum UnenrollRule {
    /// Decides one account. There is no proof of a caller to be had for this, so an operator of equal rank is left to
    /// somebody of higher rank (OP-04).
    public static func decide(
        by actor: ActionRule.Operator, on target: ActionRule.Target
    ) -> Decision<NothingFurther> {
        let findings = ActionRule.reach(.unenroll, actor, target) + ActionRule.rank(actor, target)
        if let refusal = findings.refusal { return .deny(refusal) }
        if target.operatorRank == actor.rank { return .deny(.protectedAccount) }
        return .allow(NothingFurther())
    }

    /// Whether a caller can be asked for less from now on: one of the removed types could have been verified.
    public static func weakens(_ removed: Set<AuthenticationType>, under policy: AuthenticationPolicy) -> Bool {
        !removed.intersection(policy.enabled).filter(\.isVerifiableByHelpdesk).isEmpty
    }
}
