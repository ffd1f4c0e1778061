import Model

/// Whether a new password may be made and delivered the way a request asks (P5, R2, R9, R11, R12).
public enum DeliveryRule {
    /// What is asked.
    public struct Request: Sendable {
        /// How the password reaches its owner.
        public let method: HelpdeskPolicy.ResetMethod
        /// Whether the operator typed the password.
        public let isTyped: Bool
        /// The addresses to send it to.
        public let contacts: [Contact]
        /// Whether the user is enrolled.
        public let isEnrolled: Bool

        /// Collects what is asked.
        public init(method: HelpdeskPolicy.ResetMethod, isTyped: Bool, contacts: [Contact], isEnrolled: Bool) {
            self.method = method
            self.isTyped = isTyped
            self.contacts = contacts
            self.isEnrolled = isEnrolled
        }
    }

    /// What has to come with an allowed delivery.
    public struct Obligations: Sendable, Equatable {
        /// The owner has to change the password at the next sign-in.
        public let mustChange: Bool
        /// The answer may hold the password.
        public let operatorMaySeePassword: Bool

        /// Makes it of its parts.
        public init(mustChange: Bool, operatorMaySeePassword: Bool) {
            self.mustChange = mustChange
            self.operatorMaySeePassword = operatorMaySeePassword
        }
    }

    /// Decides one delivery.
    public static func decide(_ request: Request, desk: HelpdeskPolicy) -> Decision<Obligations> {
        if !desk.methods.contains(request.method) { return .deny(.methodNotAllowed) }
        if request.isTyped && !desk.operatorMaySeePassword { return .deny(.typedPasswordNotAllowed) }
        if request.contacts.contains(where: { !desk.channels.contains($0.channel) }) {
            return .deny(.channelNotAllowed)
        }
        let needsChannel = request.method == .secureLink || !desk.operatorMaySeePassword
        if needsChannel && request.contacts.isEmpty { return .deny(.channelRequired) }
        let onlyEnrolled = request.isEnrolled && !desk.directoryAddressesForEnrolled
        if onlyEnrolled && request.contacts.contains(where: { $0.source == .directory }) {
            return .deny(.directoryAddressNotAllowed)
        }
        return .allow(
            Obligations(
                mustChange: desk.mustChangeAtNextLogon, operatorMaySeePassword: desk.operatorMaySeePassword))
    }
}
