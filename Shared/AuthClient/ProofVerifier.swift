import AuthAPI
import Crypto
import Model
import Platform
import StrictJSON

/// What a proof has to be bound to (VS-09).
public struct ProofExpectation: Sendable {
    /// The accounts to be acted on; the proof may cover more.
    public let accounts: Set<AccountID>
    /// What is to be done to them.
    public let action: HelpdeskAction
    /// Who acts.
    public let operatorAccount: AccountID
    /// In which session.
    public let session: SessionID
    /// The operation it was redeemed for.
    public let operation: OperationID
    /// The verification it came from.
    public let verification: VerificationID

    /// Collects what is expected.
    public init(
        accounts: Set<AccountID>, action: HelpdeskAction, operatorAccount: AccountID, session: SessionID,
        operation: OperationID, verification: VerificationID
    ) {
        self.accounts = accounts
        self.action = action
        self.operatorAccount = operatorAccount
        self.session = session
        self.operation = operation
        self.verification = verification
    }
}

/// Why a proof is not taken. For the log; the caller is told only that it was not.
public enum ProofError: Error, Sendable, Equatable {
    /// The keys cannot be had right now.
    case unavailable(CallerVerificationError)
    /// The token itself is refused.
    case token(TokenError)
    /// The claims are not those of a proof.
    case malformed(String)
    /// It is bound to something else, which this names.
    case bound(String)
}

/// Checks proofs: signature, type, issuer, audience, times and every binding.
///
/// The helpdesk holds only public keys (VS-09): what it accepts here it could not have made itself. The answer came
/// from the auth service a moment ago, over a connection somebody may have bent; so nothing in it is believed unchecked.
public struct ProofVerifier: Sendable {
    private let keys: AuthKeySet
    private let clock: any Clock

    /// A verifier over these keys.
    public init(keys: AuthKeySet, clock: any Clock) {
        self.keys = keys
        self.clock = clock
    }

    /// The claims of a proof that is bound to exactly what is expected.
    @discardableResult
    public func verify(
        _ proof: String, against expected: ProofExpectation
    ) async throws(ProofError) -> ProofClaims {
        let claims = try claims(of: try await payload(of: proof))
        let bindings: [(name: String, holds: Bool)] = [
            ("accounts", !expected.accounts.isEmpty && expected.accounts.isSubset(of: claims.accounts)),
            ("action", claims.action == expected.action),
            ("operator", claims.operatorAccount == expected.operatorAccount),
            ("sid", claims.session == expected.session),
            ("operation", claims.operation == expected.operation),
            ("verification", claims.verification == expected.verification),
        ]
        if let broken = bindings.first(where: { !$0.holds }) { throw .bound(broken.name) }
        return claims
    }

    private func payload(of proof: String) async throws(ProofError) -> JSON {
        guard let id = JWT.unverifiedKeyID(of: proof) else { throw .token(.unknownKey) }
        let key: VerificationKey?
        do throws(CallerVerificationError) {
            key = try await keys.key(id)
        } catch {
            throw .unavailable(error)
        }
        do throws(TokenError) {
            return try JWT.verify(
                proof,
                as: TokenExpectation(
                    type: .proof, audience: AuthNames.helpdeskService, issuer: AuthNames.authService),
                keys: { $0 == id ? key : nil }, now: clock.now())
        } catch {
            throw .token(error)
        }
    }

    private func claims(of payload: JSON) throws(ProofError) -> ProofClaims {
        do throws(JSONError) {
            return try ProofClaims(payload: payload)
        } catch {
            throw .malformed("\(error.pointer) \(error.reason)")
        }
    }
}
