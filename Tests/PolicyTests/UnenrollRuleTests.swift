import Model
import Policy
import Testing

@Suite struct UnenrollRuleTests {
    private func account(_ text: String) throws -> AccountID { try #require(AccountID(text)) }

    /// P1, P4, OP-03, OP-04, OP-05
    @Test func `the limits of a reset hold for removing enrollments too`() throws {
        let staff = try account("staff~op").store
        let berlin = Container(components: ["Berlin"])
        func decide(
            _ permissions: Set<Permission> = [.unenroll], on target: String = "staff~1", same: [String] = [],
            in container: Container = berlin, isProtected: Bool = false, rank: Int? = nil,
            mode: HelpdeskPolicy.Mode = .restricted
        ) throws -> Refusal? {
            let standard = HelpdeskPolicy.standard
            let desk = HelpdeskPolicy(
                mode: mode, requirement: .usersPolicy, minimumQuestions: nil, container: berlin,
                methods: standard.methods, channels: standard.channels, mustChangeAtNextLogon: true,
                operatorMaySeePassword: false, directoryAddressesForEnrolled: false, skipNeedsReason: false)
            let actor = ActionRule.Operator(
                account: try account("staff~op"), permissions: permissions, scope: [staff], desk: desk, rank: 10)
            let target = ActionRule.Target(
                account: try account(target), samePerson: Set(try same.map(account)), container: container,
                isEnrolled: true, isProtected: isProtected, operatorRank: rank, canUnlock: false)
            return UnenrollRule.decide(by: actor, on: target).refusal
        }
        #expect(try decide() == nil)
        #expect(try decide([.resetAnyPassword, .unlockAnyAccount, .supervise]) == .permissionMissing)
        #expect(try decide(on: "contractors~1") == .storeOutOfScope)
        #expect(try decide(on: "staff~op") == .ownAccount)
        #expect(try decide(same: ["staff~op"]) == .ownAccount)
        #expect(try decide(in: Container(components: ["Paris"])) == .outsideContainer)
        #expect(try decide(in: Container(components: ["Paris"]), mode: .unrestricted) == nil)
        #expect(try decide(isProtected: true) == .protectedAccount)
        #expect(try decide(rank: 9) == .protectedAccount)
        #expect(try decide(rank: 10) == .protectedAccount)
        #expect(try decide(rank: 11) == nil)
    }

    @Test func `only a type a caller could be asked for weakens`() {
        let policy = AuthenticationPolicy(
            enabled: [.email, .securityQuestions, .yubiKey], enforced: [], chosenByUser: 1, questionsToEnroll: 4,
            minimumAnswerLength: 3, questionsAlone: false)
        for type in AuthenticationType.allCases {
            let weakens = type == .email || type == .securityQuestions
            #expect(UnenrollRule.weakens([type], under: policy) == weakens, "\(type)")
        }
        #expect(UnenrollRule.weakens([.yubiKey, .email], under: policy))
    }

    @Test func `a weakened account's restricted reset takes a second person`() {
        for action in HelpdeskAction.allCases {
            for mode in HelpdeskPolicy.Mode.allCases {
                for wasWeakened in [false, true] {
                    let reason = SecondPersonRule.reason(
                        for: SecondPersonRule.Facts(action: action, mode: mode, wasWeakened: wasWeakened))
                    let isTaken = wasWeakened && mode == .restricted && action == .resetPassword
                    #expect(reason == (isTaken ? .recentUnenrollment : nil))
                }
            }
        }
    }
}
