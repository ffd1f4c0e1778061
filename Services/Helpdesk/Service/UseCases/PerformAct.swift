import AuthClient
import Model
import Platform
import SQL
import StrictJSON

/// Resets passwords or unlocks accounts, once for each idempotency key (CR-03).
struct PerformAct: Sendable {
    let collaborators: Collaborators

    func run(
        _ request: ActRequest, as identity: IdempotentRequest, by desk: DeskOperator
    ) async throws -> ActAnswer {
        let operation: OperationID
        switch try await collaborators.database.read({ try IdempotencyStore.standing(of: identity, $0) }) {
        case .new: operation = collaborators.random.identifier()
        case .givenBack(let first): operation = first
        case .answered(let answer): return try answer.again()
        case .inProgress: throw HelpdeskError.operationInProgress
        case .reused: throw HelpdeskError.idempotencyKeyReused
        }
        do {
            let act = try await PlanAct(collaborators: collaborators)
                .plan(request, as: identity, operation: operation, by: desk)
            return try await CarryOutAct(collaborators: collaborators).run(act)
        } catch HelpdeskError.refused(let refusal, let account) {
            try await RecordRefusal(collaborators: collaborators).run(
                refusal, of: request.action.rawValue, on: account ?? request.user, by: desk.person)
            throw HelpdeskError.refused(refusal, account)
        }
    }
}

extension StoredAnswer {
    /// The answer as it was given, without the password it may have held.
    func again() throws -> ActAnswer {
        ActAnswer(status: status, body: try JSON.parse(Array(body.utf8)))
    }
}
