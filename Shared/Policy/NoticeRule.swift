import Model

/// Who of those chosen is asked to enroll, and with what (E3).
public enum NoticeRule {
    /// What is known of somebody.
    public struct Facts: Sendable {
        /// The account can be used.
        public let isUsable: Bool
        /// The types their own policy enables.
        public let enabled: Set<AuthenticationType>
        /// The types they are enrolled with.
        public let enrolled: Set<AuthenticationType>

        /// Collects the facts.
        public init(isUsable: Bool, enabled: Set<AuthenticationType>, enrolled: Set<AuthenticationType>) {
            self.isUsable = isUsable
            self.enabled = enabled
            self.enrolled = enrolled
        }
    }

    /// What the operator asks for.
    public struct Terms: Sendable, Equatable {
        /// The types to enroll; `nil`: every type the recipient's own policy enables.
        public let types: Set<AuthenticationType>?
        /// Also those who have every type asked for.
        public let includesEnrolled: Bool

        /// Collects the terms.
        public init(types: Set<AuthenticationType>?, includesEnrolled: Bool) {
            self.types = types
            self.includesEnrolled = includesEnrolled
        }
    }

    /// Why somebody gets no message. The raw value is the name on the wire and in the database.
    public enum LeftOut: String, CaseIterable, Sendable {
        /// The account is gone from its directory.
        case notFound
        /// The account is disabled.
        case disabled
        /// The directory has no address that mail can be sent to.
        case withoutAddress
        /// Their policy enables none of the types.
        case notEnabled
        /// They have every type asked for.
        case alreadyEnrolled
        /// The message went to the same address already, for another account of it.
        case sameAddress
    }

    /// What follows.
    public enum Verdict: Sendable, Equatable {
        /// They are asked to enroll these types.
        case send(Set<AuthenticationType>)
        /// They are not asked.
        case leaveOut(LeftOut)
    }

    /// Decides about one person; whether there is an address was looked at before.
    public static func decide(_ facts: Facts, _ terms: Terms) -> Verdict {
        guard facts.isUsable else { return .leaveOut(.disabled) }
        let asked = terms.types.map { $0.intersection(facts.enabled) } ?? facts.enabled
        if asked.isEmpty { return .leaveOut(.notEnabled) }
        if !terms.includesEnrolled, asked.isSubset(of: facts.enrolled) { return .leaveOut(.alreadyEnrolled) }
        return .send(asked)
    }
}
