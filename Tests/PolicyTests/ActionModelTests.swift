import Model
import Testing

@testable import Policy

/// What explains an act and what decides it, against each other and against the product's sentences, over every fact.
@Suite struct ActionModelTests {
    /// Product.md P1 to P4 and security.md OP-03 to OP-05, a line each; the first that says no decides.
    private func stated(
        _ action: HelpdeskAction, _ actor: ActionRule.Operator, _ target: ActionRule.Target
    ) -> Refusal? {
        let sentences: [(Bool, Refusal)] = [
            (
                !actor.permissions.contains(action == .resetPassword ? .resetAnyPassword : .unlockAnyAccount),
                .permissionMissing
            ),
            (!actor.scope.contains(target.account.store), .storeOutOfScope),
            (target.account == actor.account || target.samePerson.contains(actor.account), .ownAccount),
            (action == .unlockAccount && !target.canUnlock, .unlockUnsupported),
            (
                actor.desk.mode == .restricted && actor.desk.container == PolicyFacts.paris
                    && target.container == PolicyFacts.berlin, .outsideContainer
            ),
            (target.isProtected, .protectedAccount), ((target.operatorRank ?? 100) < actor.rank, .protectedAccount),
            (actor.desk.mode == .restricted && !target.isEnrolled, .notEnrolled),
            (target.operatorRank == actor.rank && !target.isEnrolled, .equalRankNeedsProof),
        ]
        return sentences.first(where: \.0)?.1
    }

    private struct Case {
        let actor: ActionRule.Operator
        let target: ActionRule.Target
    }

    private var cases: [Case] {
        var found: [Case] = []
        let own = PolicyFacts.account("operator")
        let permissionSets: [Set<Permission>] = [
            [], [.resetAnyPassword], [.unlockAnyAccount], [.resetAnyPassword, .unlockAnyAccount],
        ]
        for mode in HelpdeskPolicy.Mode.allCases {
            for permissions in permissionSets {
                for limit in [nil, PolicyFacts.berlin, PolicyFacts.paris] {
                    for scope in [[PolicyFacts.staff], []] as [Set<StoreID>] {
                        let actor = PolicyFacts.actor(
                            permissions, PolicyFacts.desk(mode, container: limit), rank: 10, scope: scope)
                        found += targets(own).map { Case(actor: actor, target: $0) }
                    }
                }
            }
        }
        return found
    }

    private func targets(_ own: AccountID) -> [ActionRule.Target] {
        var found: [ActionRule.Target] = []
        for enrolled in [true, false] {
            for isProtected in [true, false] {
                for rank in [nil, 5, 10, 20] {
                    for canUnlock in [true, false] {
                        for person in [[], [own]] as [Set<AccountID>] {
                            found.append(
                                PolicyFacts.target(
                                    enrolled: enrolled, isProtected: isProtected, rank: rank, canUnlock: canUnlock,
                                    samePerson: person))
                        }
                    }
                }
            }
        }
        return found
    }

    /// P1, OP-03, OP-04, OP-05
    @Test(arguments: HelpdeskAction.allCases)
    func `the decision, the explanation and the product's sentences agree on every combination`(
        action: HelpdeskAction
    ) {
        for one in cases {
            let decision = ActionRule.decide(action, by: one.actor, on: one.target)
            let findings = ActionRule.findings(action, by: one.actor, on: one.target)
            #expect(decision.refusal == findings.refusal)
            #expect(decision.refusal == stated(action, one.actor, one.target), "\(one)")
            #expect(findings.map(\.rule) == ActionRule.Rule.allCases)
        }
    }

    @Test func `every refusal says what it would take`() {
        let remedies = Refusal.allCases.map(\.remedy)
        #expect(Set(remedies).count == remedies.count)
        #expect(remedies.allSatisfy { $0.hasSuffix(".") })
    }
}
