import Model
import Policy
import Testing

/// Who may change which role, and what of a role is dangerous.
@Suite struct RoleChangeRuleTests {
    private let staff = PolicyFacts.staff
    private let other = PolicyFacts.store("other")

    private func role(_ rank: Int, scope: Set<StoreID>? = nil, in store: StoreID? = nil) -> RoleChangeRule.Subject {
        .init(store: store ?? staff, rank: rank, scope: scope ?? [staff])
    }

    /// OP-04
    @Test func `a role is changed down from one's own rank, and reaches one's own stores at most`() {
        let account = PolicyFacts.account("admin")
        let administrator = LinkRule.Administrator(account: account, scope: [staff], rank: 5)
        let cases: [(RoleChangeRule.Subject?, RoleChangeRule.Subject?, Refusal?)] = [
            (nil, role(5), nil), (nil, role(4), .roleOfHigherRank), (role(4), nil, .roleOfHigherRank),
            (role(4), role(9), .roleOfHigherRank), (role(9), role(4), .roleOfHigherRank), (role(9), role(6), nil),
            (nil, role(9, in: other), .storeOutOfScope), (role(9, in: other), nil, .storeOutOfScope),
            (nil, role(9, scope: [staff, other]), .storeOutOfScope),
            (role(9, scope: [staff, other]), role(9, scope: [staff, other]), .storeOutOfScope),
            (role(9, scope: [staff, other]), nil, nil),
            (role(9, scope: [staff, other]), role(9, scope: [staff]), nil),
        ]
        for (old, new, expected) in cases {
            let decision = RoleChangeRule.decide(by: administrator, from: old, to: new)
            #expect(decision.refusal == expected, "\(String(describing: old)) to \(String(describing: new))")
        }
    }

    @Test func `each danger is named for what it is, and the standard policies are not dangerous by themselves`() {
        func dangers(
            _ permissions: Set<Permission>, _ mode: HelpdeskPolicy.Mode = .restricted, sees: Bool = false,
            alone: Bool = false, everybody: Bool = false
        ) -> [RoleDanger] {
            let desk = HelpdeskPolicy(
                mode: mode, requirement: .usersPolicy, minimumQuestions: nil, container: nil, methods: [.newPassword],
                channels: [.sms], mustChangeAtNextLogon: true, operatorMaySeePassword: sees,
                directoryAddressesForEnrolled: false, skipNeedsReason: false)
            let authentication = AuthenticationPolicy(
                enabled: [.securityQuestions, .email], enforced: [], chosenByUser: 1, questionsToEnroll: 4,
                minimumAnswerLength: 3, questionsAlone: alone)
            return RoleDanger.all(
                in: .init(
                    permissions: permissions, desk: desk, authentication: authentication, isForEveryone: everybody))
        }
        #expect(dangers([]) == [])
        #expect(dangers([.resetAnyPassword]) == [])
        #expect(dangers([.searchUsers], .unrestricted, sees: true, everybody: true) == [])
        #expect(dangers([.resetAnyPassword], .unrestricted) == [.unrestricted])
        #expect(dangers([.unlockAnyAccount], .unrestricted) == [.unrestricted])
        #expect(dangers([.resetAnyPassword], sees: true) == [.passwordSeen])
        #expect(dangers([], alone: true) == [.questionsAlone])
        #expect(dangers([.manageConfiguration], everybody: true) == [.everybodyActs])
        #expect(
            dangers([.resetAnyPassword], .unrestricted, sees: true, alone: true, everybody: true)
                == RoleDanger.allCases)
    }
}
