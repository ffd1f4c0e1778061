import Model
import Testing

@testable import Policy

/// The truth table of P4 and P6, written from product.md.
@Suite struct VerificationRuleTests {
    typealias Types = Set<AuthenticationType>
    typealias Wanted = HelpdeskPolicy.Requirement

    /// One row of the table: what the desk demands, what the person's policy is, what is enrolled, and what follows.
    struct Row: Sendable, CustomStringConvertible {
        let desk: Wanted
        var questions: Int?
        var enforced: Types = []
        var chosen = 2
        var alone = false
        let enrolled: Types
        var locked: Types = []
        /// The number of types, those that must be among them; or why nothing could be enough.
        let expected: Result<Needed, Refusal>

        struct Needed: Sendable, Equatable {
            let count: Int
            var mandatory: Types = []
        }

        var description: String { "\(desk) X=\(questions ?? 0) enforced \(enforced) +\(chosen) enrolled \(enrolled)" }
    }

    static let all: Types = [.securityQuestions, .mobile, .email, .authenticator]
    static let foreign: Types = [.linkAccount, .yubiKey, .windowsHello]

    static let table: [Row] = [
        // The user's own policy: enforced + chosen.
        Row(desk: .usersPolicy, enrolled: all, expected: .success(.init(count: 2))),
        Row(desk: .usersPolicy, enrolled: [.mobile, .email], expected: .success(.init(count: 2))),
        Row(desk: .usersPolicy, enrolled: [.mobile], expected: .failure(.tooFewVerifiableTypes)),
        Row(desk: .usersPolicy, chosen: 1, enrolled: [.mobile], expected: .success(.init(count: 1))),
        Row(
            desk: .usersPolicy, enforced: [.email], chosen: 1, enrolled: [.email, .mobile],
            expected: .success(.init(count: 2, mandatory: [.email]))),
        Row(
            desk: .usersPolicy, enforced: [.email, .mobile], chosen: 0, enrolled: all,
            expected: .success(.init(count: 2, mandatory: [.email, .mobile]))),
        Row(
            desk: .usersPolicy, enforced: [.email], chosen: 1, enrolled: [.mobile, .authenticator],
            expected: .failure(.enforcedTypeNotEnrolled)),
        Row(
            desk: .usersPolicy, enforced: [.email], chosen: 1, enrolled: all, locked: [.email],
            expected: .failure(.tooFewVerifiableTypes)),
        // P6: an enforced type the desk cannot verify is replaced by one more that it can.
        Row(
            desk: .usersPolicy, enforced: [.yubiKey], chosen: 1, enrolled: [.yubiKey, .mobile, .email],
            expected: .success(.init(count: 2))),
        Row(
            desk: .usersPolicy, enforced: [.yubiKey, .email], chosen: 0, enrolled: [.mobile, .email],
            expected: .success(.init(count: 2, mandatory: [.email]))),
        Row(
            desk: .usersPolicy, enforced: [.yubiKey, .windowsHello], chosen: 1,
            enrolled: foreign.union([.mobile, .email]),
            expected: .failure(.tooFewVerifiableTypes)),
        Row(desk: .usersPolicy, enrolled: foreign, expected: .failure(.tooFewVerifiableTypes)),
        // At least N of the enrolled types.
        Row(desk: .atLeast(1), enrolled: all, expected: .success(.init(count: 1))),
        Row(desk: .atLeast(3), enrolled: all, expected: .success(.init(count: 3))),
        Row(desk: .atLeast(4), enrolled: all, expected: .success(.init(count: 4))),
        Row(desk: .atLeast(3), enrolled: [.mobile, .email], expected: .failure(.tooFewVerifiableTypes)),
        Row(desk: .atLeast(2), enrolled: foreign.union([.mobile]), expected: .failure(.tooFewVerifiableTypes)),
        Row(
            desk: .atLeast(2), enrolled: all, locked: [.mobile, .email, .authenticator],
            expected: .failure(.tooFewVerifiableTypes)),
        // VS-04: questions alone are not enough unless the person's policy says so.
        Row(desk: .atLeast(1), enrolled: [.securityQuestions], expected: .failure(.possessionTypeNeeded)),
        Row(desk: .atLeast(1), alone: true, enrolled: [.securityQuestions], expected: .success(.init(count: 1))),
        Row(
            desk: .usersPolicy, chosen: 1, enrolled: [.securityQuestions], expected: .failure(.possessionTypeNeeded)),
        // Neither chosen: any one of mobile, email, authenticator.
        Row(desk: .anyPossession, enrolled: all, expected: .success(.init(count: 1))),
        Row(desk: .anyPossession, enrolled: [.authenticator], expected: .success(.init(count: 1))),
        Row(desk: .anyPossession, enrolled: [.securityQuestions], expected: .failure(.tooFewVerifiableTypes)),
        Row(
            desk: .anyPossession, alone: true, enrolled: [.securityQuestions],
            expected: .failure(.tooFewVerifiableTypes)),
        // At least X questions, each on its own beside the others.
        Row(
            desk: .usersPolicy, questions: 2, enrolled: all,
            expected: .success(.init(count: 2, mandatory: [.securityQuestions]))),
        Row(
            desk: .anyPossession, questions: 1, enrolled: all,
            expected: .success(.init(count: 2, mandatory: [.securityQuestions]))),
        Row(
            desk: .atLeast(1), questions: 1, enrolled: all,
            expected: .success(.init(count: 1, mandatory: [.securityQuestions]))),
        Row(desk: .usersPolicy, questions: 1, enrolled: [.mobile, .email], expected: .failure(.questionsNotEnrolled)),
        Row(desk: .usersPolicy, questions: 5, enrolled: all, expected: .failure(.tooFewQuestionsEnrolled)),
        Row(
            desk: .anyPossession, questions: 1, enrolled: [.securityQuestions],
            expected: .failure(.tooFewVerifiableTypes)),
        Row(
            desk: .usersPolicy, questions: 1, enrolled: all, locked: [.securityQuestions],
            expected: .failure(.tooFewVerifiableTypes)),
        // Nothing at all.
        Row(desk: .usersPolicy, enrolled: [], expected: .failure(.notEnrolled)),
        Row(desk: .atLeast(1), enrolled: [], expected: .failure(.notEnrolled)),
        Row(desk: .anyPossession, enrolled: [], expected: .failure(.notEnrolled)),
    ]

    private func facts(_ row: Row, _ mode: HelpdeskPolicy.Mode, failed: Bool = false) -> VerificationRule.Facts {
        PolicyFacts.facts(
            PolicyFacts.desk(mode, row.desk, questions: row.questions),
            PolicyFacts.user(enforced: row.enforced, chosen: row.chosen, alone: row.alone), enrolled: row.enrolled,
            locked: row.locked, failedTooOften: failed)
    }

    /// VS-04, VS-05
    @Test(arguments: table) func `restricted, row by row`(row: Row) {
        switch (VerificationRule.decide(facts(row, .restricted)), row.expected) {
        case (.allow(let found), .success(let expected)):
            #expect(found.count == expected.count)
            #expect(found.mandatory == expected.mandatory)
            #expect(found.eligible.isDisjoint(with: Self.foreign))
            #expect(found.eligible.isSubset(of: row.enrolled))
            #expect(found.eligible.isDisjoint(with: row.locked))
            #expect(!found.isOptional)
        case (.deny(let found), .failure(let expected)): #expect(found == expected)
        case (let found, let expected): Issue.record("\(found) is not \(expected)")
        }
    }

    /// P3
    @Test(arguments: table) func `unrestricted, nothing is needed whatever the row says`(row: Row) {
        guard case .allow(let found) = VerificationRule.decide(facts(row, .unrestricted)) else {
            Issue.record("refused")
            return
        }
        #expect(found.isOptional)
        #expect(found.stillNeeded(after: []) == StillNeeded(mandatory: [], further: 0, of: []))
    }

    /// VS-07
    @Test(arguments: table) func `after too many failures nothing is verified in either mode`(row: Row) {
        for mode in HelpdeskPolicy.Mode.allCases {
            #expect(VerificationRule.decide(facts(row, mode, failed: true)) == .deny(.supervisorNeeded))
        }
    }

    /// OP-04
    @Test(arguments: table) func `where a proof is demanded, unrestricted mode decides like restricted`(row: Row) {
        let unrestricted = PolicyFacts.facts(
            PolicyFacts.desk(.unrestricted, row.desk, questions: row.questions),
            PolicyFacts.user(enforced: row.enforced, chosen: row.chosen, alone: row.alone), enrolled: row.enrolled,
            locked: row.locked, proofDemanded: true)
        #expect(VerificationRule.decide(unrestricted) == VerificationRule.decide(facts(row, .restricted)))
    }

    /// A type the person's role no longer enables does not count.
    @Test func `what is not enabled does not count`() {
        let user = PolicyFacts.user(enabled: [.mobile, .email])
        let found = VerificationRule.decide(
            PolicyFacts.facts(PolicyFacts.desk(.restricted), user, enrolled: [.mobile, .authenticator]))
        #expect(found == .deny(.tooFewVerifiableTypes))
    }

    /// A2: without X all those asked have to be right; with X, X of three, or X if that is more.
    @Test(
        arguments: [
            (nil, 4, 3, 3), (nil, 2, 2, 2), (nil, 1, 1, 1), (1, 4, 3, 1), (2, 4, 3, 2), (3, 4, 3, 3), (4, 4, 4, 4),
            (4, 6, 4, 4), (1, 1, 1, 1), (2, 2, 2, 2),
        ] as [(Int?, Int, Int, Int)])
    func `how many questions are asked and how many have to be right`(x: Int?, enrolled: Int, asked: Int, right: Int) {
        let facts = PolicyFacts.facts(
            PolicyFacts.desk(.restricted, questions: x), enrolled: Self.all, questions: enrolled)
        guard case .allow(let found) = VerificationRule.decide(facts) else {
            Issue.record("refused")
            return
        }
        #expect(found.questions == .init(asked: asked, right: right))
    }
}
