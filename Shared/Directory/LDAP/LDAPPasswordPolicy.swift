import Model
import Platform

/// What a policy entry says about time (draft-behera-ldap-password-policy-10 §5.2).
struct LDAPPasswordPolicy: Sendable, Equatable {
    /// How long a password lasts; zero: for ever.
    let maximumAge: Duration
    /// How long a lock lasts; zero: until somebody unlocks.
    let lockDuration: Duration

    static let attributes: [LDAPAttributeName] = ["pwdMaxAge", "pwdLockoutDuration"]

    /// The attributes that are not there have the draft's default, which is 0.
    init(_ entry: LDAPEntry) {
        maximumAge = .seconds(max(0, entry.integer("pwdMaxAge") ?? 0))
        lockDuration = .seconds(max(0, entry.integer("pwdLockoutDuration") ?? 0))
    }
}

/// The policies of a directory, kept for a minute: they rarely change, and every account needs one.
final class LDAPPasswordPolicies: Sendable {
    private static let lifetime: UInt64 = 60_000_000_000

    private struct Known {
        let policy: LDAPPasswordPolicy?
        let until: UInt64
    }

    private let known = Lock([String: Known]())

    /// The policy of this name; `nil` where it is not there or may not be read.
    func policy(
        _ dn: String, _ connection: LDAPConnection, _ deadline: LDAPDeadline
    ) throws(LDAPFailure) -> LDAPPasswordPolicy? {
        let now = MonotonicTime.nanoseconds()
        if let known = known.withLock({ $0[dn] }), now < known.until { return known.policy }
        let search = LDAPSearch(
            base: dn, scope: .base, filter: .present("objectClass"), attributes: LDAPPasswordPolicy.attributes)
        let (entries, result) = try connection.entries(search, deadline)
        guard [.success, .noSuchObject, .insufficientAccessRights].contains(result.code) else {
            throw .lost("\(connection.server): the policy \(dn) cannot be read: \(result.description)")
        }
        let policy = entries.first.map { LDAPPasswordPolicy($0) }
        known.withLock { $0[dn] = Known(policy: policy, until: now + Self.lifetime) }
        return policy
    }
}
