import AuthAPI
import AuthClient
import Directory
import Model
import Policy
import StrictJSON

/// Whether an operator may do something to a user, which rule decides, and what it would take: by the rules an act is
/// decided by, and without an act.
struct ExplainDeskAct: Sendable {
    let collaborators: Collaborators

    func run(
        _ action: HelpdeskAction, by operatorAccount: AccountID, on user: AccountID, for person: SignedIn
    ) async throws -> JSON {
        let facts = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.explain(action, by: operatorAccount, on: user, person.credentials)
        }
        let target = try await target(user, facts)
        let actor = ActionRule.Operator(
            account: operatorAccount, permissions: facts.permissions, scope: facts.scope, desk: facts.policy,
            rank: facts.rank)
        var steps = target.findings(action, by: actor, protecting: collaborators.protected)
            .map { Step(rule: $0.rule.rawValue, refusal: $0.refusal) }
        if !steps.contains(where: { $0.refusal != nil }) {
            steps.append(Step(rule: "verification", refusal: facts.verification.refusal))
        }
        let decisive = steps.first { $0.refusal != nil }
        return .object([
            "operator": .object(["account": .string(operatorAccount.text), "role": .string(facts.operatorRole.text)]),
            "user": .object(["account": .string(user.text), "role": facts.userRole.map { .string($0.text) }]),
            "action": .string(action.rawValue), "allowed": .bool(decisive == nil),
            "decidedBy": .string(decisive?.rule ?? "allRules"), "code": decisive?.refusal.map { .string($0.rawValue) },
            "sentence": decisive?.refusal.map { .string($0.sentence) },
            "remedy": decisive?.refusal.map { .string($0.remedy) },
            "rules": .array(steps.map(\.json)),
            "needed": decisive == nil ? needed(action, actor, target, facts) : JSON?.none,
        ])
    }

    /// One rule, and what it says.
    private struct Step {
        let rule: String
        let refusal: Refusal?

        var json: JSON {
            .object([
                "rule": .string(rule), "holds": .bool(refusal == nil), "code": refusal.map { .string($0.rawValue) },
            ])
        }
    }

    private func target(_ user: AccountID, _ facts: ActFacts) async throws(HelpdeskError) -> TargetFacts {
        guard let store = collaborators.stores.store(of: user) else { throw .accountNotFound }
        let found: DirectoryAccount?
        do throws(StoreError) {
            found = try await store.account(user)
        } catch {
            throw .storeUnavailable(user.store)
        }
        guard let account = found else { throw .accountNotFound }
        return TargetFacts(
            account: account, enrollments: facts.enrollments, store: store, hasNoRole: facts.userRole == nil)
    }

    /// What an allowed act takes.
    private func needed(
        _ action: HelpdeskAction, _ actor: ActionRule.Operator, _ target: TargetFacts, _ facts: ActFacts
    ) -> JSON? {
        let decision = target.decide(action, by: actor, protecting: collaborators.protected)
        guard case .allow(let obligations) = decision else { return nil }
        var members: [JSONMember] = [JSONMember(name: "proof", value: .bool(obligations.needsProof))]
        if case .needed(let types, let further, let choices) = facts.verification, obligations.needsProof {
            members += [
                JSONMember(name: "types", value: names(types)),
                JSONMember(name: "further", value: .integer(Int64(further))),
                JSONMember(name: "of", value: names(choices)),
            ]
        }
        if let reason = facts.secondPerson {
            members.append(JSONMember(name: "secondPerson", value: .string(reason.rawValue)))
        }
        let mustSayWhy = !obligations.needsProof && facts.policy.skipNeedsReason
        return .object(members + [JSONMember(name: "skipReason", value: .bool(mustSayWhy))])
    }

    private func names(_ types: Set<AuthenticationType>) -> JSON {
        .array(types.map(\.rawValue).sorted().map(JSON.string))
    }
}

extension ActFacts.Verification {
    /// Why it would be refused. A reason this version does not know is still one.
    fileprivate var refusal: Refusal? {
        switch self {
        case .needed: nil
        case .refused(let code): Refusal(rawValue: code) ?? .proofRequired
        }
    }
}
