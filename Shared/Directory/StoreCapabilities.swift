/// What an identity store can do.
public struct StoreCapabilities: Sendable, Equatable {
    /// Clearing a lock by itself.
    public let unlock: Capability
    /// Setting a password by administrative right.
    public let reset: Capability
    /// Making the owner change the password at the next logon.
    public let mustChange: Capability
    /// Checking a password on behalf of somebody who signs in here.
    public let signIn: Capability
    /// Telling whether an account is locked; where it cannot, ``DirectoryAccount/isLocked`` is always `false`.
    public let lockState: Capability
    /// Clearing the lock and the failures together with a reset (R13).
    public let resetUnlocks: Capability
    /// Telling where in a tree an account stands; where it cannot, every account stands at the root.
    public let containers: Capability
    /// Whether a lock is cleared only by a reset, so that a locked account needs one (R1).
    public let unlockOnlyByReset: Bool

    /// Makes capabilities of their parts.
    public init(
        unlock: Capability = .supported, reset: Capability = .supported, mustChange: Capability = .supported,
        signIn: Capability = .supported, lockState: Capability = .supported, resetUnlocks: Capability = .supported,
        containers: Capability = .supported, unlockOnlyByReset: Bool = false
    ) {
        self.unlock = unlock
        self.reset = reset
        self.mustChange = mustChange
        self.signIn = signIn
        self.lockState = lockState
        self.resetUnlocks = resetUnlocks
        self.containers = containers
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
