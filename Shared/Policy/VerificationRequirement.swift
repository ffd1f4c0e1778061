import Model

/// What has to be verified: which types count, which of them must be among them, and how many in all.
public struct VerificationRequirement: Sendable, Equatable {
    /// How the questions are asked.
    public struct Questions: Sendable, Equatable {
        /// How many are asked.
        public let asked: Int
        /// How many of them have to be right for the type to be verified.
        public let right: Int

        /// Makes it of its numbers.
        public init(asked: Int, right: Int) {
            self.asked = asked
            self.right = right
        }
    }

    /// The types that count.
    public let eligible: Set<AuthenticationType>
    /// The types that must be among the verified ones.
    public let mandatory: Set<AuthenticationType>
    /// How many different types in all; 0: verification may be skipped.
    public let count: Int
    /// How the questions are asked.
    public let questions: Questions
    /// Whether questions may be the only type (VS-04).
    public let questionsMayStandAlone: Bool

    /// Makes a requirement of its parts.
    public init(
        eligible: Set<AuthenticationType>, mandatory: Set<AuthenticationType>, count: Int, questions: Questions,
        questionsMayStandAlone: Bool
    ) {
        self.eligible = eligible
        self.mandatory = mandatory
        self.count = count
        self.questions = questions
        self.questionsMayStandAlone = questionsMayStandAlone
    }

    /// Whether nothing is demanded: the operator works unrestricted.
    public var isOptional: Bool { count == 0 }

    /// Whether these verified types are enough. Where nothing is demanded one type is, so that there is something to
    /// prove at all.
    public func isSatisfied(by verified: Set<AuthenticationType>) -> Bool {
        let counted = verified.intersection(eligible)
        return mandatory.isSubset(of: counted) && counted.count >= max(count, 1)
            && (questionsMayStandAlone || counted != [.securityQuestions])
    }

    /// Whether these types, verified or still verifiable, could become enough.
    public func canBeSatisfied(with possible: Set<AuthenticationType>) -> Bool {
        isSatisfied(by: possible)
    }

    /// What is still missing after these.
    public func stillNeeded(after verified: Set<AuthenticationType>) -> StillNeeded {
        guard !isOptional, !isSatisfied(by: verified) else { return StillNeeded(mandatory: [], further: 0, of: []) }
        let counted = verified.intersection(eligible)
        let missing = mandatory.subtracting(counted)
        let open = eligible.subtracting(counted).subtracting(missing)
        let further = max(count - counted.count - missing.count, 0)
        let onlyQuestions = counted.union(missing) == [.securityQuestions] && !questionsMayStandAlone && further == 0
        let choices =
            onlyQuestions || counted.isEmpty && count == 1 && !questionsMayStandAlone
            ? open.subtracting([.securityQuestions]) : open
        return StillNeeded(mandatory: missing, further: onlyQuestions ? 1 : further, of: choices)
    }
}

/// What is still missing before a verification is satisfied.
public struct StillNeeded: Sendable, Equatable {
    /// Types that have to be verified.
    public let mandatory: Set<AuthenticationType>
    /// How many further types, of the operator's choice.
    public let further: Int
    /// The types to choose from.
    public let of: Set<AuthenticationType>

    /// Makes it of its parts.
    public init(mandatory: Set<AuthenticationType>, further: Int, of: Set<AuthenticationType>) {
        self.mandatory = mandatory
        self.further = further
        self.of = of
    }
}

/// A rule's answer: yes with what follows from it, or no with the reason.
public enum Decision<Obligations: Sendable>: Sendable {
    /// Yes; what has to be done along with it.
    case allow(Obligations)
    /// No; why.
    case deny(Refusal)

    /// What follows from a yes; throws the reason of a no.
    public func get() throws(Refusal) -> Obligations {
        switch self {
        case .allow(let obligations): return obligations
        case .deny(let refusal): throw refusal
        }
    }

    /// The reason of a no.
    public var refusal: Refusal? {
        switch self {
        case .allow: nil
        case .deny(let refusal): refusal
        }
    }
}

extension Decision: Equatable where Obligations: Equatable {}
