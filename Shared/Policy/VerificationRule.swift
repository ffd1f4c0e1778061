import Model

/// What has to be verified before an operator may act on an account, worked out from the operator's helpdesk policy
/// and the end user's authentication policy, and from nothing a request says (VS-03).
public enum VerificationRule {
    /// What the rule looks at.
    public struct Facts: Sendable {
        /// The operator's helpdesk policy.
        public let desk: HelpdeskPolicy
        /// The authentication policy of the end user's role.
        public let user: AuthenticationPolicy
        /// The types the end user is enrolled with.
        public let enrolled: Set<AuthenticationType>
        /// Those of them that are locked after too many failures.
        public let locked: Set<AuthenticationType>
        /// How many security questions the end user is enrolled with.
        public let questionsEnrolled: Int
        /// How many questions are asked where the operator's policy is silent.
        public let questionsAsked: Int
        /// Whether the account failed too often in the last 24 hours.
        public let failedTooOften: Bool
        /// Whether a proof is demanded in unrestricted mode too: the account is an operator's of equal rank (OP-04).
        public let proofDemanded: Bool

        /// Collects the facts.
        public init(
            desk: HelpdeskPolicy, user: AuthenticationPolicy, enrolled: Set<AuthenticationType>,
            locked: Set<AuthenticationType>, questionsEnrolled: Int, questionsAsked: Int, failedTooOften: Bool,
            proofDemanded: Bool = false
        ) {
            self.desk = desk
            self.user = user
            self.enrolled = enrolled
            self.locked = locked
            self.questionsEnrolled = questionsEnrolled
            self.questionsAsked = questionsAsked
            self.failedTooOften = failedTooOften
            self.proofDemanded = proofDemanded
        }
    }

    /// What has to be verified, or why nothing could ever be enough.
    public static func decide(_ facts: Facts) -> Decision<VerificationRequirement> {
        if facts.failedTooOften { return .deny(.supervisorNeeded) }
        if facts.desk.mode == .unrestricted && !facts.proofDemanded { return .allow(optional(facts)) }
        if facts.enrolled.isEmpty { return .deny(.notEnrolled) }
        if let refusal = questionRefusal(facts) { return .deny(refusal) }
        return demanded(facts)
    }

    /// The types that can be verified right now: enrolled, enabled, verifiable by the desk (VS-05), not locked.
    private static func verifiable(_ facts: Facts) -> Set<AuthenticationType> {
        facts.enrolled.intersection(facts.user.enabled).subtracting(facts.locked).filter(\.isVerifiableByHelpdesk)
    }

    private static func questions(_ facts: Facts) -> VerificationRequirement.Questions {
        let asked = min(max(facts.questionsAsked, facts.desk.minimumQuestions ?? 0), facts.questionsEnrolled)
        return .init(asked: asked, right: min(facts.desk.minimumQuestions ?? asked, max(asked, 1)))
    }

    private static func optional(_ facts: Facts) -> VerificationRequirement {
        VerificationRequirement(
            eligible: verifiable(facts), mandatory: [], count: 0, questions: questions(facts),
            questionsMayStandAlone: facts.user.questionsAlone)
    }

    private static func questionRefusal(_ facts: Facts) -> Refusal? {
        guard let minimum = facts.desk.minimumQuestions else { return nil }
        guard facts.enrolled.contains(.securityQuestions) else { return .questionsNotEnrolled }
        return facts.questionsEnrolled < minimum ? .tooFewQuestionsEnrolled : nil
    }

    private static func demanded(_ facts: Facts) -> Decision<VerificationRequirement> {
        let available = verifiable(facts)
        let demandedQuestions: Set<AuthenticationType> = facts.desk.minimumQuestions == nil ? [] : [.securityQuestions]
        var eligible = available
        var mandatory = demandedQuestions
        var count: Int
        switch facts.desk.requirement {
        case .usersPolicy:
            let enforced = facts.user.enforced.filter(\.isVerifiableByHelpdesk)
            guard enforced.isSubset(of: facts.enrolled) else { return .deny(.enforcedTypeNotEnrolled) }
            mandatory.formUnion(enforced)
            // An enforced type the desk cannot verify is replaced by one more that it can (P6): the total stays.
            count = facts.user.enforced.count + facts.user.chosenByUser
        case .atLeast(let number):
            count = number
        case .anyPossession:
            eligible = available.intersection([.mobile, .email, .authenticator]).union(demandedQuestions)
            count = 1 + demandedQuestions.count
        }
        count = max(count, mandatory.count, 1)
        guard mandatory.isSubset(of: available), eligible.count >= count else { return .deny(.tooFewVerifiableTypes) }
        let alone = facts.user.questionsAlone
        guard alone || !eligible.subtracting([.securityQuestions]).isEmpty else { return .deny(.possessionTypeNeeded) }
        return .allow(
            VerificationRequirement(
                eligible: eligible, mandatory: mandatory, count: count, questions: questions(facts),
                questionsMayStandAlone: alone))
    }
}
