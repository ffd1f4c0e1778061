import Model
import SQL

/// What an account is enrolled with, as the auth service's feed last said: a bit for each type, in the account's row of
/// the index, and the one place for it. For lists only; whoever acts asks the auth service.
///
/// An account the index does not have (it is not read yet, or gone for a while) gets a row with nothing else in it.
enum EnrolledTypes {
    /// The number a set of types is stored as.
    static func bits(_ types: Set<AuthenticationType>) -> Int64 {
        types.reduce(0) { $0 | bit($1) }
    }

    /// The types of a stored number.
    static func types(_ bits: Int64) -> Set<AuthenticationType> {
        Set(AuthenticationType.allCases.filter { bits & bit($0) != 0 })
    }

    /// Adds or removes one type.
    static func set(
        _ type: AuthenticationType, of account: AccountID, isEnrolled: Bool, _ connection: any Connection
    ) throws {
        try SyncStateTable.lock(account.store, connection)
        let old = try IndexTable.standing(of: account, connection)
        let bits = isEnrolled ? (old?.types ?? 0) | bit(type) : (old?.types ?? 0) & ~bit(type)
        guard let old else {
            if bits != 0 { try IndexTable.insertTypes(bits, of: account, connection) }
            return
        }
        guard bits != old.types else { return }
        if bits == 0, !old.isPresent {
            try IndexTable.delete(ids: [old.id], connection)
        } else {
            try IndexTable.setTypes(bits, id: old.id, connection)
        }
        guard old.isPresent else { return }
        try IndexCounts.addSizes([old.types: -1, bits: 1], of: account.store, connection)
    }

    /// Never changed: these are stored.
    private static func bit(_ type: AuthenticationType) -> Int64 {
        switch type {
        case .securityQuestions: 1
        case .mobile: 2
        case .email: 4
        case .authenticator: 8
        case .linkAccount: 16
        case .yubiKey: 32
        case .windowsHello: 64
        }
    }
}
