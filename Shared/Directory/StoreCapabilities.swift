/// What an identity store can do.
public struct StoreCapabilities: Sendable, Equatable {
    /// Clearing a lock by itself.
    public let unlock: Capability
    /// Setting a password by administrative right.
    public let reset: Capability
    /// Making the owner change the password at the next logon.
    public let mustChange: Capability
    /// Whether a lock is cleared only by a reset, so that a locked account needs one (R1).
    public let unlockOnlyByReset: Bool

    /// Makes capabilities of their parts.
    public init(
        unlock: Capability = .supported, reset: Capability = .supported, mustChange: Capability = .supported,
        unlockOnlyByReset: Bool = false
    ) {
        self.unlock = unlock
        self.reset = reset
        self.mustChange = mustChange
        self.unlockOnlyByReset = unlockOnlyByReset
    }
}

/// Whether a store can do one thing.
public enum Capability: Sendable, Equatable {
    /// It can.
    case supported
    /// It cannot; the reason is a sentence for the operator (R5).
    case unsupported(reason: String)

    /// Whether it can.
    public var isSupported: Bool { self == .supported }
}
