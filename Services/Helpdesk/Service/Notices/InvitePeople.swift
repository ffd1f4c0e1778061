import AuthAPI
import AuthClient
import Model
import Policy

/// Decides who of some people gets a message, and asking for what. For the preview and for the sending alike.
struct InvitePeople: Sendable {
    let collaborators: Collaborators

    /// People looked at in one step.
    static let pageSize = EnabledTypesQuestion.maximum

    /// Somebody gets a message.
    struct Invitation: Sendable {
        let person: NoticeAudience.Candidate
        let types: Set<AuthenticationType>
    }

    /// What was decided.
    struct Decided: Sendable {
        var examined = 0
        var invited: [Invitation] = []
        var leftOut: [NoticeRule.LeftOut: Int] = [:]
    }

    func run(_ page: NoticeAudience.Page, _ terms: NoticeRule.Terms) async throws -> Decided {
        let asked = page.candidates.filter { $0.hasAddress && !$0.isDisabled }.map(\.id)
        let enabled = try await asking { () throws(CallerVerificationError) in
            asked.isEmpty ? [:] : try await collaborators.auth.enabledTypes(of: asked)
        }
        var decided = Decided(examined: page.candidates.count + page.missing)
        if page.missing > 0 { decided.leftOut[.notFound] = page.missing }
        for person in page.candidates {
            switch verdict(on: person, enabled[person.id] ?? [], terms) {
            case .send(let types): decided.invited.append(Invitation(person: person, types: types))
            case .leaveOut(let why): decided.leftOut[why, default: 0] += 1
            }
        }
        return decided
    }

    private func verdict(
        on person: NoticeAudience.Candidate, _ enabled: Set<AuthenticationType>, _ terms: NoticeRule.Terms
    ) -> NoticeRule.Verdict {
        let facts = NoticeRule.Facts(
            isUsable: !person.isDisabled, enabled: enabled, enrolled: EnrolledTypes.types(person.types))
        guard person.isDisabled || person.hasAddress else { return .leaveOut(.withoutAddress) }
        return NoticeRule.decide(facts, terms)
    }
}

extension NoticeAudience.Candidate {
    var hasAddress: Bool { !(mail ?? "").isEmpty }
}
