import Model
import Testing

@testable import Policy

/// The truth table of P1 to P4 for one account: who may act, and whether a proof is demanded.
@Suite struct ActionRuleTests {
    private enum Expected: Equatable {
        case proof, skippable, open
        case refused(Refusal)
    }

    private func decide(
        _ action: HelpdeskAction, _ actor: ActionRule.Operator, _ target: ActionRule.Target
    ) -> Expected {
        switch ActionRule.decide(action, by: actor, on: target) {
        case .deny(let refusal): .refused(refusal)
        case .allow(let found):
            found.needsProof ? .proof : found.offersVerification ? .skippable : .open
        }
    }

    /// What product.md says, in its own order: P1 permission; P4 container, in restricted mode alone; P4 unenrolled users
    /// never in restricted mode, and always a proof; P3 unrestricted: enrolled and unenrolled, skippable.
    private func stated(
        permitted: Bool, mode: HelpdeskPolicy.Mode, inside: Bool, enrolled: Bool
    ) -> Expected {
        if !permitted { return .refused(.permissionMissing) }
        if mode == .unrestricted { return enrolled ? .skippable : .open }
        if !inside { return .refused(.outsideContainer) }
        return enrolled ? .proof : .refused(.notEnrolled)
    }

    @Test(arguments: HelpdeskAction.allCases, HelpdeskPolicy.Mode.allCases)
    func `enrolled, permission, container: every combination`(action: HelpdeskAction, mode: HelpdeskPolicy.Mode) {
        let permissionSets: [Set<Permission>] = [
            [], [.resetAnyPassword], [.unlockAnyAccount], [.unenroll], [.resetAnyPassword, .unlockAnyAccount],
            Set(Permission.allCases).subtracting([action.permission]), Set(Permission.allCases),
        ]
        for permissions in permissionSets {
            for limit in [nil, PolicyFacts.berlin, PolicyFacts.paris, Container(components: [])] {
                for enrolled in [true, false] {
                    let actor = PolicyFacts.actor(permissions, PolicyFacts.desk(mode, container: limit))
                    let expected = stated(
                        permitted: permissions.contains(action.permission), mode: mode,
                        inside: limit != PolicyFacts.paris, enrolled: enrolled)
                    let found = decide(action, actor, PolicyFacts.target(enrolled: enrolled))
                    #expect(found == expected, "\(permissions) \(String(describing: limit)) \(enrolled)")
                }
            }
        }
    }

    /// P1
    @Test func `each permission opens its own action alone`() {
        let desk = PolicyFacts.desk(.unrestricted)
        for permission in Permission.allCases {
            for action in HelpdeskAction.allCases {
                let found = decide(action, PolicyFacts.actor([permission], desk), PolicyFacts.target())
                #expect((found == .skippable) == (permission == action.permission))
            }
        }
    }

    /// OP-03
    @Test func `nobody acts on an own account, directly or by a link`() {
        let own = PolicyFacts.account("operator")
        for mode in HelpdeskPolicy.Mode.allCases {
            let actor = PolicyFacts.actor(Set(Permission.allCases), PolicyFacts.desk(mode), rank: 1)
            let linked = PolicyFacts.target(samePerson: [own, PolicyFacts.account("caller")])
            #expect(decide(.resetPassword, actor, linked) == .refused(.ownAccount))
            let direct = ActionRule.Target(
                account: own, samePerson: [], container: PolicyFacts.berlin, isEnrolled: true, isProtected: false,
                operatorRank: nil, canUnlock: true)
            #expect(decide(.unlockAccount, actor, direct) == .refused(.ownAccount))
        }
    }

    /// OP-04
    @Test(arguments: HelpdeskPolicy.Mode.allCases)
    func `protected accounts and higher ranks are refused, equals need a proof`(mode: HelpdeskPolicy.Mode) {
        let actor = PolicyFacts.actor(Set(Permission.allCases), PolicyFacts.desk(mode), rank: 10)
        func found(rank: Int?, enrolled: Bool = true, isProtected: Bool = false) -> Expected {
            decide(
                .resetPassword, actor, PolicyFacts.target(enrolled: enrolled, isProtected: isProtected, rank: rank))
        }
        #expect(found(rank: nil, isProtected: true) == .refused(.protectedAccount))
        for rank in 1...9 { #expect(found(rank: rank) == .refused(.protectedAccount)) }
        #expect(found(rank: 10) == .proof)
        let unenrolled: Refusal = mode == .restricted ? .notEnrolled : .equalRankNeedsProof
        #expect(found(rank: 10, enrolled: false) == .refused(unenrolled))
        for rank in 11...99 { #expect(found(rank: rank) == (mode == .restricted ? .proof : .skippable)) }
    }

    @Test func `a store out of reach is refused`() {
        let actor = PolicyFacts.actor(
            Set(Permission.allCases), PolicyFacts.desk(.unrestricted), scope: [PolicyFacts.store("elsewhere")])
        #expect(decide(.resetPassword, actor, PolicyFacts.target()) == .refused(.storeOutOfScope))
    }

    /// R5
    @Test func `what cannot be unlocked can be reset`() {
        let actor = PolicyFacts.actor(Set(Permission.allCases), PolicyFacts.desk(.unrestricted))
        let target = PolicyFacts.target(canUnlock: false)
        #expect(decide(.unlockAccount, actor, target) == .refused(.unlockUnsupported))
        #expect(decide(.resetPassword, actor, target) == .skippable)
    }

    @Test func `every refusal has a code and a sentence of its own`() {
        let codes = Set(Refusal.allCases.map(\.rawValue))
        #expect(codes.count == Refusal.allCases.count)
        #expect(codes.allSatisfy { $0.wholeMatch(of: /(policy|helpdesk)\.[a-z_]+/) != nil })
        let sentences = Set(Refusal.allCases.map(\.sentence))
        #expect(sentences.count == Refusal.allCases.count)
        #expect(sentences.allSatisfy { $0.hasSuffix(".") })
    }
}

/// Where a new password may go (P5, R9, R11, R12).
@Suite struct DeliveryRuleTests {
    private func contact(_ channel: MessageChannelKind, _ source: Contact.Source) -> Contact {
        guard let id = ContactID("c1") else { preconditionFailure("no id") }
        return Contact(id: id, channel: channel, source: source, address: "+15550100101")
    }

    private func refusal(
        _ desk: HelpdeskPolicy, _ method: HelpdeskPolicy.ResetMethod = .newPassword, typed: Bool = false,
        to contacts: [Contact], enrolled: Bool = true
    ) -> Refusal? {
        DeliveryRule.decide(
            DeliveryRule.Request(method: method, isTyped: typed, contacts: contacts, isEnrolled: enrolled), desk: desk
        ).refusal
    }

    @Test func `methods and channels are those of the role`() {
        let sms = contact(.sms, .enrolled)
        let mail = contact(.email, .enrolled)
        let desk = PolicyFacts.desk(.restricted, methods: [.newPassword], channels: [.sms])
        #expect(refusal(desk, to: [sms]) == nil)
        #expect(refusal(desk, .secureLink, to: [sms]) == .methodNotAllowed)
        #expect(refusal(desk, to: [sms, mail]) == .channelNotAllowed)
    }

    /// R9, R11
    @Test func `who may not see the password has to send it, and a link always goes somewhere`() {
        let seeing = PolicyFacts.desk(.restricted)
        let blind = PolicyFacts.desk(.restricted, seesPassword: false)
        #expect(refusal(seeing, to: []) == nil)
        #expect(refusal(seeing, typed: true, to: []) == nil)
        #expect(refusal(seeing, .secureLink, to: []) == .channelRequired)
        #expect(refusal(blind, to: []) == .channelRequired)
        #expect(refusal(blind, typed: true, to: [contact(.sms, .enrolled)]) == .typedPasswordNotAllowed)
        #expect(refusal(blind, to: [contact(.sms, .enrolled)]) == nil)
    }

    /// R12
    @Test func `directory addresses serve the unenrolled, the enrolled only where the role says so`() {
        let directory = [contact(.email, .directory)]
        #expect(refusal(PolicyFacts.desk(.unrestricted), to: directory, enrolled: false) == nil)
        #expect(refusal(PolicyFacts.desk(.unrestricted), to: directory) == .directoryAddressNotAllowed)
        #expect(refusal(PolicyFacts.desk(.unrestricted, directory: true), to: directory) == nil)
    }
}

@Suite struct RoleRuleTests {
    private func role(_ name: String, _ priority: Int, _ criteria: RoleCriteria, store: StoreID = PolicyFacts.staff)
        -> Role
    {
        guard let id = RoleID(name) else { preconditionFailure("no id: \(name)") }
        return Role(
            id: id, store: store, scope: [store], priority: priority, criteria: criteria, permissions: [],
            authentication: .standard, helpdesk: .standard)
    }

    private func winner(_ roles: [Role], groups: Set<String> = [], in container: Container = PolicyFacts.berlin)
        -> String?
    {
        RoleRule.role(
            for: RoleRule.Facts(store: PolicyFacts.staff, groups: groups, container: container), among: roles)?.id.text
    }

    @Test func `of the roles that match, the lowest number wins, in whatever order they stand`() {
        let roles = [
            role("everybody", 99, .everyone), role("desk", 10, .group("Helpdesk")), role("boss", 1, .group("Bosses")),
            role("berlin", 5, .container(PolicyFacts.berlin)),
        ]
        for list in [roles, roles.reversed()] {
            #expect(winner(list, in: PolicyFacts.paris) == "everybody")
            #expect(winner(list, groups: ["Helpdesk"], in: PolicyFacts.paris) == "desk")
            #expect(winner(list, groups: ["Helpdesk"]) == "berlin")
            #expect(winner(list, groups: ["Helpdesk", "Bosses"]) == "boss")
        }
    }

    @Test func `a role of another store is nobody's here, and without a match there is none`() {
        #expect(winner([role("other", 1, .everyone, store: PolicyFacts.store("elsewhere"))]) == nil)
        #expect(winner([role("desk", 1, .group("Helpdesk"))], groups: ["helpdesk "]) == nil)
        #expect(winner([]) == nil)
    }
}
