import Model
import Testing

@testable import Policy

/// The rule against a second definition of the same sentence, over thousands of random facts.
@Suite struct VerificationModelTests {
    private static let types = AuthenticationType.allCases
    private static let subsets: [Set<AuthenticationType>] = (0..<(1 << types.count)).map { bits in
        Set(types.indices.filter { bits & 1 << $0 != 0 }.map { types[$0] })
    }

    /// Predictable numbers (SplitMix64); the seed is in every message.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

        mutating func subset(of types: [AuthenticationType], oneIn: Int = 2) -> Set<AuthenticationType> {
            Set(types.filter { _ in number(1...oneIn) == 1 })
        }
    }

    private static func randomFacts(_ dice: inout Dice) -> VerificationRule.Facts {
        let requirements: [HelpdeskPolicy.Requirement] = [.usersPolicy, .anyPossession, .atLeast(dice.number(1...4))]
        let enabled = dice.subset(of: types).union(
            dice.number(0...2) == 0 ? [] : [.mobile, .email, .securityQuestions])
        let enforced = dice.subset(of: Array(enabled), oneIn: 4)
        let least = enforced.isEmpty ? 1 : 0
        return PolicyFacts.facts(
            PolicyFacts.desk(
                .restricted, requirements[dice.number(0...2)],
                questions: dice.number(0...2) == 0 ? dice.number(1...5) : nil),
            PolicyFacts.user(
                enforced: enforced, chosen: dice.number(least...2), alone: dice.number(0...3) == 0, enabled: enabled),
            enrolled: dice.subset(of: types).union(dice.number(0...1) == 0 ? [] : [.mobile, .authenticator]),
            locked: dice.subset(of: types, oneIn: 6), questions: dice.number(0...6))
    }

    /// Product.md in one sentence: enough different types that count, every one that must be among them, and not
    /// questions alone. Written without a look at the rule.
    private static func isEnough(_ verified: Set<AuthenticationType>, _ facts: VerificationRule.Facts) -> Bool {
        let useful = verified.filter { type in
            ![.linkAccount, .yubiKey, .windowsHello].contains(type) && facts.enrolled.contains(type)
                && facts.user.enabled.contains(type) && !facts.locked.contains(type)
        }
        if let least = facts.desk.minimumQuestions {
            guard useful.contains(.securityQuestions), facts.questionsEnrolled >= least else { return false }
        }
        if useful == [.securityQuestions] && !facts.user.questionsAlone { return false }
        switch facts.desk.requirement {
        case .usersPolicy:
            let must = facts.user.enforced.filter { ![.linkAccount, .yubiKey, .windowsHello].contains($0) }
            return must.allSatisfy(useful.contains)
                && useful.count >= facts.user.enforced.count + facts.user.chosenByUser
        case .atLeast(let number): return useful.count >= number
        case .anyPossession: return !useful.isDisjoint(with: [.mobile, .email, .authenticator])
        }
    }

    /// VS-03, VS-04, VS-05
    @Test(arguments: [7, 2_026, 90_210] as [UInt64])
    func `the rule and the sentence agree on every set of verified types`(seed: UInt64) {
        var dice = Dice(state: seed)
        var allowed = 0
        for _ in 0..<700 {
            let facts = Self.randomFacts(&dice)
            let anyIsEnough = Self.subsets.contains { Self.isEnough($0, facts) }
            switch VerificationRule.decide(facts) {
            case .deny: #expect(!anyIsEnough, "seed \(seed): refused, and \(facts) could be enough")
            case .allow(let requirement):
                allowed += 1
                #expect(anyIsEnough, "seed \(seed): allowed, and nothing is enough: \(facts)")
                for verified in Self.subsets
                where requirement.isSatisfied(by: verified) != Self.isEnough(verified, facts) {
                    Issue.record("seed \(seed): they differ on \(verified): \(facts)")
                }
            }
        }
        #expect(allowed > 150, "seed \(seed)")
    }

    /// VS-04, VS-05
    @Test(arguments: [8, 2_027] as [UInt64])
    func `what is still needed is true, enough and never too much`(seed: UInt64) {
        var dice = Dice(state: seed)
        for _ in 0..<200 {
            let facts = Self.randomFacts(&dice)
            guard case .allow(let requirement) = VerificationRule.decide(facts) else { continue }
            for verified in Self.subsets {
                let needed = requirement.stillNeeded(after: verified)
                let nothing = needed.mandatory.isEmpty && needed.further == 0
                #expect(nothing == requirement.isSatisfied(by: verified), "seed \(seed)")
                #expect(needed.mandatory.union(needed.of).isDisjoint(with: verified), "seed \(seed)")
                #expect(needed.of.count >= needed.further, "seed \(seed)")
                let choices = Self.subsets.filter { $0.count == needed.further && $0.isSubset(of: needed.of) }
                for choice in choices {
                    let after = verified.union(needed.mandatory).union(choice)
                    #expect(requirement.isSatisfied(by: after), "seed \(seed): \(needed) after \(verified)")
                }
                for type in Self.types {
                    let more = requirement.isSatisfied(by: verified.union([type]))
                    #expect(!requirement.isSatisfied(by: verified) || more, "seed \(seed): \(type) made it less")
                }
            }
        }
    }
}
