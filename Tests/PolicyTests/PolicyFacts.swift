import Model

@testable import Policy

/// Facts for tables, with everything allowed unless a test says otherwise.
enum PolicyFacts {
    static let staff = store("staff")
    static let berlin = Container(components: ["Staff", "Berlin"])
    static let paris = Container(components: ["Staff", "Paris"])

    static func account(_ entry: String, store: StoreID = staff) -> AccountID {
        guard let account = AccountID(store: store, entry: entry) else { preconditionFailure("no entry: \(entry)") }
        return account
    }

    static func store(_ name: String) -> StoreID {
        guard let store = StoreID(name) else { preconditionFailure("no store: \(name)") }
        return store
    }

    static func desk(
        _ mode: HelpdeskPolicy.Mode, _ requirement: HelpdeskPolicy.Requirement = .usersPolicy, questions: Int? = nil,
        container: Container? = nil, methods: Set<HelpdeskPolicy.ResetMethod> = [.newPassword, .secureLink],
        channels: Set<MessageChannelKind> = [.sms, .email], seesPassword: Bool = true, directory: Bool = false
    ) -> HelpdeskPolicy {
        HelpdeskPolicy(
            mode: mode, requirement: requirement, minimumQuestions: questions, container: container, methods: methods,
            channels: channels, mustChangeAtNextLogon: true, operatorMaySeePassword: seesPassword,
            directoryAddressesForEnrolled: directory, skipNeedsReason: false)
    }

    static func user(
        enforced: Set<AuthenticationType> = [], chosen: Int = 2, alone: Bool = false,
        enabled: Set<AuthenticationType> = Set(AuthenticationType.allCases)
    ) -> AuthenticationPolicy {
        AuthenticationPolicy(
            enabled: enabled, enforced: enforced, chosenByUser: chosen, questionsToEnroll: 4, minimumAnswerLength: 3,
            questionsAlone: alone)
    }

    static func facts(
        _ desk: HelpdeskPolicy, _ user: AuthenticationPolicy = user(), enrolled: Set<AuthenticationType>,
        locked: Set<AuthenticationType> = [], questions: Int = 4, failedTooOften: Bool = false,
        proofDemanded: Bool = false
    ) -> VerificationRule.Facts {
        VerificationRule.Facts(
            desk: desk, user: user, enrolled: enrolled, locked: locked, questionsEnrolled: questions,
            questionsAsked: 3, failedTooOften: failedTooOften, proofDemanded: proofDemanded)
    }

    static func actor(
        _ permissions: Set<Permission>, _ desk: HelpdeskPolicy, rank: Int = 10, scope: Set<StoreID> = [staff]
    ) -> ActionRule.Operator {
        ActionRule.Operator(
            account: account("operator"), permissions: permissions, scope: scope, desk: desk, rank: rank)
    }

    static func target(
        in container: Container = berlin, enrolled: Bool = true, isProtected: Bool = false, rank: Int? = nil,
        canUnlock: Bool = true, samePerson: Set<AccountID> = []
    ) -> ActionRule.Target {
        ActionRule.Target(
            account: account("caller"), samePerson: samePerson, container: container, isEnrolled: enrolled,
            isProtected: isProtected, operatorRank: rank, canUnlock: canUnlock)
    }
}
