import Crypto
import Platform

/// What every identity store gets from the process it runs in.
public struct StoreEnvironment: Sendable {
    /// The time.
    public let clock: any Clock
    /// Hashes the passwords of embedded stores, on threads of its own.
    public let hasher: PasswordHasher

    /// Makes an environment of its parts.
    public init(clock: any Clock, hasher: PasswordHasher) {
        self.clock = clock
        self.hasher = hasher
    }
}
