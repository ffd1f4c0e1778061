import Model

/// Whether an act takes the approval of a second person, besides the proof of the caller.
public enum SecondPersonRule {
    /// What the rule looks at.
    public struct Facts: Sendable {
        /// What is to be done.
        public let action: HelpdeskAction
        /// How the operator's role works at the desk.
        public let mode: HelpdeskPolicy.Mode
        /// Whether the help desk has, not long ago, removed a type the caller could have been asked for.
        public let wasWeakened: Bool

        /// Collects the facts.
        public init(action: HelpdeskAction, mode: HelpdeskPolicy.Mode, wasWeakened: Bool) {
            self.action = action
            self.mode = mode
            self.wasWeakened = wasWeakened
        }
    }

    /// Why it takes one; `nil`: it does not.
    public static func reason(for facts: Facts) -> ApprovalReason? {
        guard facts.mode == .restricted else { return nil }
        // Whoever talked the desk into removing a factor calls again for the password: two acts, each harmless alone.
        return facts.wasWeakened && facts.action == .resetPassword ? .recentUnenrollment : nil
    }
}
