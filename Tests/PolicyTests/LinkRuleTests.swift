import Model
import Policy
import Testing

@Suite struct LinkRuleTests {
    private static let staff = account("staff~1").store

    private static func account(_ text: String) -> AccountID {
        guard let id = AccountID(text) else { preconditionFailure("not an id: \(text)") }
        return id
    }

    private func member(_ text: String, with others: [String] = [], rank: Int? = nil) -> LinkRule.Member {
        LinkRule.Member(
            account: Self.account(text), samePerson: Set((others + [text]).map(Self.account)), operatorRank: rank)
    }

    private func decide(_ members: [LinkRule.Member]) -> Refusal? {
        let administrator = LinkRule.Administrator(
            account: Self.account("staff~admin"), scope: [Self.staff], rank: 5)
        return LinkRule.decide(by: administrator, on: members).refusal
    }

    /// OP-03, OP-04
    @Test func `both accounts have to be in reach, another's, and of no higher rank, in either order`() {
        let plain = member("staff~1")
        let cases: [(LinkRule.Member, Refusal?)] = [
            (member("staff~2"), nil), (member("staff~2", rank: 5), nil), (member("staff~2", rank: 6), nil),
            (member("staff~2", rank: 4), .protectedAccount), (member("contractors~2"), .storeOutOfScope),
            (member("staff~admin"), .ownAccount), (member("staff~2", with: ["staff~admin"]), .ownAccount),
        ]
        for (other, expected) in cases {
            #expect(decide([plain, other]) == expected, "\(other.account)")
            #expect(decide([other, plain]) == expected, "\(other.account), the other way round")
        }
    }
}
