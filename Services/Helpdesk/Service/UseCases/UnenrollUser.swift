import AuthAPI
import AuthClient
import Model
import Platform
import Policy
import SQL

/// Removes what a user is enrolled with, once for each idempotency key (E2, CR-03).
///
/// Enrollments are the auth service's: it removes them, tells the owner and writes the history, which comes back with the
/// feed. What only this service knows is checked here: the accounts the desk never touches. The request is put to the
/// auth service under a name of its own that survives a crash, so that however often it is put, it is done once.
struct UnenrollUser: Sendable {
    let collaborators: Collaborators

    func run(
        _ user: AccountID, _ request: UnenrollmentRequest, as identity: IdempotentRequest, by desk: DeskOperator
    ) async throws -> ActAnswer {
        if let kept = try await standing(identity) { return kept }
        try await decide(user, desk)
        let name = try await reserve(identity)
        let done = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.unenroll(user, request, key: name.text, desk.person.credentials)
        }
        let body = String(decoding: done.json.serialized(), as: UTF8.self)
        try await collaborators.database.write {
            try IdempotencyStore.answer(identity, with: StoredAnswer(status: 200, body: body), $0)
        }
        return ActAnswer(status: 200, body: done.json)
    }

    private func standing(_ identity: IdempotentRequest) async throws -> ActAnswer? {
        switch try await collaborators.database.read({ try IdempotencyStore.standing(of: identity, $0) }) {
        case .new, .givenBack: return nil
        case .answered(let answer): return try answer.again()
        case .inProgress: throw HelpdeskError.operationInProgress
        case .reused: throw HelpdeskError.idempotencyKeyReused
        }
    }

    /// The enrollment of a linked account is its master's: both have to be the operator's to touch.
    private func decide(_ user: AccountID, _ desk: DeskOperator) async throws {
        let target = try await TargetFacts.load(user, for: desk.person, collaborators)
        var targets = [target]
        if target.enrollments.master != user {
            targets.append(try await TargetFacts.load(target.enrollments.master, for: desk.person, collaborators))
        }
        for target in targets {
            let decision = target.decideUnenroll(by: desk.authority, protecting: collaborators.protected)
            guard let refusal = decision.refusal else { continue }
            try await RecordRefusal(collaborators: collaborators).run(
                refusal, of: Permission.unenroll.rawValue, on: target.id, by: desk.person)
            throw HelpdeskError.refused(refusal, target.id)
        }
    }

    /// The name of the request at the auth service: the first one it was ever given.
    private func reserve(_ identity: IdempotentRequest) async throws -> OperationID {
        let fresh: OperationID = collaborators.random.identifier()
        let now = collaborators.clock.now()
        return try await collaborators.database.write { transaction in
            if try IdempotencyStore.reserve(identity, for: fresh, at: now, transaction) { return fresh }
            switch try IdempotencyStore.standing(of: identity, transaction) {
            case .givenBack(let first): return first
            case .reused: throw HelpdeskError.idempotencyKeyReused
            case .new, .inProgress, .answered: throw HelpdeskError.operationInProgress
            }
        }
    }
}
