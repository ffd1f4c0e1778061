import Audit
import AuthClient
import Model
import Policy
import SQL
import Web

/// Ends an act whose authority was not had. Nothing was written, nothing goes out.
///
/// A clear no is the answer for good: repetitions get it again. Where the auth service did not answer, the key is given
/// back, with its operation: a proof that was handed out and lost on the way is handed out again to the same operation
/// and to no other (VS-09, ST-02).
struct GiveUpAct: Sendable {
    let collaborators: Collaborators

    func run(_ act: PlannedAct, _ error: HelpdeskError) async throws {
        let problem = HelpdeskProblems.problem(of: error)
        if error.isNoAnswer {
            collaborators.numbers.authUnavailable.add()
            try await giveBack(act, problem)
        } else {
            try await refuse(act, problem)
        }
    }

    private func giveBack(_ act: PlannedAct, _ problem: Problem) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            let results = act.targets.map { $0.unwritten.ended(.failed, problem) }
            try end(act, results, keepingPassword: act.isRetry, transaction)
            try IdempotencyStore.giveBack(act.operation, transaction)
            let event = AuditEvent(.operation, .failure, by: .desk(act.desk.person), at: collaborators.clock.now())
                .about(act.operation.subject, action: act.operation.action.rawValue)
                .because(problem.code)
                .with { $0.operation = act.operation.id }
            try collaborators.audit.append(event, in: transaction)
        }
    }

    private func refuse(_ act: PlannedAct, _ problem: Problem) async throws {
        try await collaborators.database.write { [collaborators] transaction in
            let results = act.targets.map { $0.unwritten.ended(.refused, problem) }
            _ = try OperationStore.authorize(
                act.operation.id, by: .refused, owner: collaborators.node, transaction)
            try end(act, results, keepingPassword: false, transaction)
            let body = String(decoding: problem.json(requestID: nil).serialized(), as: UTF8.self)
            try IdempotencyStore.answer(
                act.operation, with: StoredAnswer(status: problem.status, body: body), transaction)
            let event = AuditEvent(.refusal, .failure, by: .desk(act.desk.person), at: collaborators.clock.now())
                .about(act.operation.subject, action: act.operation.action.rawValue).because(problem.code)
                .with {
                    $0.operation = act.operation.id
                    $0.verification = act.operation.verification
                }
            try collaborators.audit.append(event, in: transaction)
        }
    }

    private func end(
        _ act: PlannedAct, _ results: [Intent], keepingPassword: Bool, _ transaction: Transaction
    ) throws {
        for result in results {
            _ = try IntentStore.settle(result, of: act.operation.id, transaction)
            try LinkEffects(collaborators: collaborators).apply(result, of: act.operation, transaction)
            let group = Operation.group(act.operation.id, result.account)
            try collaborators.outbox.discard(group: group, in: transaction)
        }
        try collaborators.outbox.discard(group: act.operation.id.text, in: transaction)
        try OperationStore.finish(
            act.operation.id, keepingPassword: keepingPassword, at: collaborators.clock.now(), transaction)
    }
}

extension HelpdeskError {
    /// The auth service did not answer, or the session ended in this moment: the same may be asked again.
    fileprivate var isNoAnswer: Bool {
        if case .authUnavailable = self { return true }
        return self == .notSignedIn
    }
}

extension Intent {
    /// The intent, not done for what the problem says.
    fileprivate func ended(_ state: State, _ problem: Problem) -> Intent {
        ended(state, reason: problem.code, message: problem.detail ?? problem.title)
    }
}

extension TargetFacts {
    fileprivate var unwritten: Intent {
        Intent(
            account: id, state: .intended, credentialVersion: account.credentialVersion, wasLocked: account.isLocked)
    }
}
