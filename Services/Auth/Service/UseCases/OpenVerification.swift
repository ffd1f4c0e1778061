import AuthAPI
import Model
import SQL

/// Finds a verification for the operator it belongs to, and lets it expire when its time has come.
struct OpenVerification: Sendable {
    let collaborators: Collaborators

    /// The verification, open. Somebody else's is not found rather than forbidden: its id tells nothing.
    func find(
        _ id: VerificationID, of session: Session, at now: Timestamp, _ connection: any Connection
    ) throws -> Verification {
        let verification = try find(anyStatus: id, of: session, at: now, connection)
        guard verification.status.isOpen else { throw AuthError.verificationNotOpen }
        return verification
    }

    /// The verification in whatever status it is now.
    func find(
        anyStatus id: VerificationID, of session: Session, at now: Timestamp, _ connection: any Connection
    ) throws -> Verification {
        guard var verification = try VerificationStore.find(id, connection),
            verification.operatorAccount == session.account, verification.session == session.id
        else { throw AuthError.verificationNotFound }
        if verification.status.isOpen, verification.isOver(at: now, limits: collaborators.limits) {
            verification.status = .expired
        }
        return verification
    }
}

/// Reads a verification for its operator.
struct ReadVerification: Sendable {
    let collaborators: Collaborators

    func run(_ session: Session, _ id: VerificationID) async throws -> VerificationState {
        let now = collaborators.clock.now()
        return try await collaborators.database.read { [collaborators] connection in
            let verification = try OpenVerification(collaborators: collaborators)
                .find(anyStatus: id, of: session, at: now, connection)
            return try VerificationView(collaborators: collaborators).state(of: verification, at: now, connection)
        }
    }
}
