import Model

/// The credential version of an Active Directory account: the replication stamps of its password and of its lock. Every
/// domain controller tells the same, and neither a sign-in nor a wrong password moves them, except the one that locks
/// the account and the one that lets a lapsed lock go (CR-04).
struct CredentialStamps: Sendable, Equatable {
    /// The last write to the password; `-` before the first.
    let password: String
    /// The last write to the lock; `-` before the first.
    let lock: String
    /// Whether the lock was set then, and not cleared.
    let isLockSet: Bool

    init(_ metadata: ReplicationMetadata, lockoutTime: Int64) {
        password = metadata[.unicodePwd]?.text ?? "-"
        lock = metadata[.lockoutTime]?.text ?? "-"
        isLockSet = lockoutTime != 0
    }

    /// Reads what `text` wrote; `nil` when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, ["set", "clear"].contains(parts[2]) else { return nil }
        password = String(parts[0])
        lock = String(parts[1])
        isLockSet = parts[2] == "set"
    }

    /// The version as others keep it.
    var text: String { "\(password)/\(lock)/\(isLockSet ? "set" : "clear")" }
}
