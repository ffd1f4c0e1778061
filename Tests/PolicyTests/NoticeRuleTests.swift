import Model
import Policy
import Testing

@Suite struct NoticeRuleTests {
    /// E3: against a plain reading of the rule, for every combination that can be.
    @Test func `who is asked, and for what, over all combinations`() {
        let types: [AuthenticationType] = [.mobile, .email, .authenticator]
        let sets = (0..<8).map { bits in Set(types.indices.filter { bits >> $0 & 1 == 1 }.map { types[$0] }) }
        for asked in sets.map(Optional.some) + [nil] {
            for enabled in sets {
                for enrolled in sets {
                    for includesEnrolled in [false, true] {
                        let facts = NoticeRule.Facts(isUsable: true, enabled: enabled, enrolled: enrolled)
                        let terms = NoticeRule.Terms(types: asked, includesEnrolled: includesEnrolled)
                        let meant = enabled.filter { asked?.contains($0) ?? true }
                        let lacking = meant.filter { !enrolled.contains($0) }
                        let verdict = NoticeRule.decide(facts, terms)
                        if meant.isEmpty {
                            #expect(verdict == .leaveOut(.notEnabled))
                        } else if lacking.isEmpty, !includesEnrolled {
                            #expect(verdict == .leaveOut(.alreadyEnrolled))
                        } else {
                            #expect(verdict == .send(Set(meant)))
                        }
                        let gone = NoticeRule.Facts(isUsable: false, enabled: enabled, enrolled: enrolled)
                        #expect(NoticeRule.decide(gone, terms) == .leaveOut(.disabled))
                    }
                }
            }
        }
    }
}
