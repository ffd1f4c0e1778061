import AuthAPI
import Model
import Policy
import SQL

/// What the helpdesk may know of an account: what its person is enrolled with, and the addresses.
struct ReadAccount: Sendable {
    let collaborators: Collaborators

    func enrollments(_ account: AccountID, for session: Session) async throws -> AccountEnrollments {
        try await checkReach(of: session, to: account)
        let live = try await LiveRole.find(account, collaborators)
        return try await collaborators.database.read { connection in
            let master = try LinkStore.master(of: account, connection)
            return AccountEnrollments(
                account: account, master: master, samePerson: try LinkStore.samePerson(as: account, connection),
                types: Set(try EnrollmentStore.all(of: master, connection).map(\.type)),
                operatorRank: live.role.isOperator ? live.role.priority : nil)
        }
    }

    func contacts(_ account: AccountID, for session: Session) async throws -> AccountContacts {
        try await checkReach(of: session, to: account)
        let enrollments = try await collaborators.database.read { connection in
            try EnrollmentStore.all(of: try LinkStore.master(of: account, connection), connection)
        }
        return AccountContacts(contacts: try enrollments.compactMap { try contact(of: $0, collaborators) })
    }

    /// OP-02: what the helpdesk service may ask, it may ask for an operator alone, and about people one of whose accounts
    /// the operator's role reaches.
    private func checkReach(of session: Session, to account: AccountID) async throws {
        let role = try await LiveRole.ofOperator(session, collaborators).role
        guard !role.permissions.isEmpty else { throw AuthError.refused(.permissionMissing) }
        let person = try await collaborators.database.read { try LinkStore.samePerson(as: account, $0) }
        guard !role.scope.isDisjoint(with: person.map(\.store)) else {
            throw AuthError.refused(.storeOutOfScope)
        }
    }
}

/// The address of a mobile or email enrollment, unsealed; `nil` for the other types.
func contact(of enrollment: Enrollment, _ collaborators: Collaborators) throws -> Contact? {
    guard let id = enrollment.contact, let sealed = enrollment.sealed, let channel = enrollment.type.channel else {
        return nil
    }
    let context = Enrollment.context(enrollment.account, enrollment.type)
    guard let address = try collaborators.keyring.open(sealed, context: context).copyText() else { return nil }
    return Contact(
        id: id, channel: channel, source: .enrolled, address: address, changedAt: enrollment.changedAt)
}

extension AuthenticationType {
    /// The channel access codes of this type go out by.
    var channel: MessageChannelKind? {
        switch self {
        case .mobile: .sms
        case .email: .email
        case .securityQuestions, .authenticator, .linkAccount, .yubiKey, .windowsHello: nil
        }
    }
}
