import AuthAPI
import AuthClient
import Model
import Policy

/// Walks a verification for an operator. What has to be verified, and whether it was, is the auth service's to say; here
/// addresses are masked for those who may not see them, and accounts the operator may not act on left out.
struct VerifyCaller: Sendable {
    let collaborators: Collaborators

    /// Starts to prove the caller for one action: on the user's account, and on those linked accounts the operator may
    /// act on.
    func start(
        _ user: AccountID, _ action: HelpdeskAction, by desk: DeskOperator
    ) async throws -> VerificationState {
        guard desk.authority.permissions.contains(action.permission) else {
            throw try await refused(.permissionMissing, action, on: user, desk)
        }
        let target = try await TargetFacts.load(user, for: desk.person, collaborators)
        let decision = target.decide(action, by: desk.authority, protecting: collaborators.protected)
        if let refusal = decision.refusal { throw try await refused(refusal, action, on: user, desk) }
        let linked = target.enrollments.samePerson.subtracting([user]).sorted { $0.text < $1.text }
        var accounts = [user]
        for id in linked where await isAllowed(id, action, desk) { accounts.append(id) }
        let request = VerificationStart(accounts: Array(accounts.prefix(32)), action: action)
        let state = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.startVerification(request, desk.person.credentials)
        }
        return state.masked(unless: desk.authority.permissions.contains(.seeContactDetails))
    }

    /// The refusal, once it is in the history.
    private func refused(
        _ refusal: Refusal, _ action: HelpdeskAction, on user: AccountID, _ desk: DeskOperator
    ) async throws -> HelpdeskError {
        try await RecordRefusal(collaborators: collaborators).run(
            refusal, of: action.rawValue, on: user, by: desk.person)
        return .refused(refusal, user)
    }

    func read(_ id: VerificationID, by desk: DeskOperator) async throws -> VerificationState {
        let state = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.verification(id, desk.person.credentials)
        }
        return state.masked(unless: desk.authority.permissions.contains(.seeContactDetails))
    }

    func sendCode(_ type: AuthenticationType, in id: VerificationID, by person: SignedIn) async throws -> CodeSending {
        try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.sendCode(type, in: id, person.credentials)
        }
    }

    func check(_ answer: CallerAnswer, in id: VerificationID, by person: SignedIn) async throws -> CheckResult {
        try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.check(answer, in: id, person.credentials)
        }
    }

    /// A linked account that cannot be looked at is left out: the act will not touch it.
    private func isAllowed(_ id: AccountID, _ action: HelpdeskAction, _ desk: DeskOperator) async -> Bool {
        guard let target = try? await TargetFacts.load(id, for: desk.person, collaborators) else { return false }
        return target.decide(action, by: desk.authority, protecting: collaborators.protected).refusal == nil
    }
}

extension VerificationState {
    /// The same with the addresses hidden but for their ends (PR-01).
    fileprivate func masked(unless isShown: Bool) -> VerificationState {
        guard !isShown else { return self }
        var masked = VerificationState(
            id: id, status: status, action: action, accounts: accounts, isOptional: isOptional,
            types: types.map { $0.masked }, questions: questions, questionsNeeded: questionsNeeded,
            neededTypes: neededTypes, neededFurther: neededFurther, furtherOf: furtherOf, expires: expires)
        masked.approval = approval
        return masked
    }
}

extension VerificationState.OfferedType {
    fileprivate var masked: VerificationState.OfferedType {
        let channel: MessageChannelKind = type == .email ? .email : .sms
        return VerificationState.OfferedType(
            type: type, isVerifiable: isVerifiable, isVerified: isVerified, isLocked: isLocked,
            address: address.map { channel.masked($0) }, isRecentlyChanged: isRecentlyChanged, delivery: delivery)
    }
}
