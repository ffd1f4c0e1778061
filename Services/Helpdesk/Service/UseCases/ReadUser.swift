import AuthAPI
import AuthClient
import Directory
import Model
import Policy
import StrictJSON

/// Everything a dialog needs to know of one user: facts, addresses, linked accounts, and for each action whether it is
/// allowed, and what comes with it (R1, R4, R9, V1).
struct ReadUser: Sendable {
    let collaborators: Collaborators

    func run(_ id: AccountID, for desk: DeskOperator) async throws -> JSON {
        let target = try await TargetFacts.load(id, for: desk.person, collaborators)
        guard desk.authority.scope.contains(id.store) else {
            throw HelpdeskError.refused(.storeOutOfScope, id)
        }
        let contacts = try await UserContacts.load(of: target, for: desk.person, collaborators)
        var linked: [JSON] = []
        for other in target.enrollments.samePerson.subtracting([id]).sorted(by: { $0.text < $1.text }) {
            linked.append(await self.linked(other, desk))
        }
        let seesAddresses = desk.authority.permissions.contains(.seeContactDetails)
        let now = collaborators.clock.now()
        return .object(
            facts(target, desk)
                + [
                    JSONMember(
                        name: "contacts",
                        value: .array(contacts.all.map { $0.json(inFull: seesAddresses, at: now) })),
                    JSONMember(name: "linkedAccounts", value: .array(linked)),
                    JSONMember(name: "reset", value: resetOptions(desk.authority.policy)),
                ])
    }

    /// A linked account that cannot be read is shown as that, and refused.
    private func linked(_ id: AccountID, _ desk: DeskOperator) async -> JSON {
        do throws(HelpdeskError) {
            return .object(facts(try await TargetFacts.load(id, for: desk.person, collaborators), desk))
        } catch {
            return .object(["id": .string(id.text), "unavailable": true])
        }
    }

    private func facts(_ target: TargetFacts, _ desk: DeskOperator) -> [JSONMember] {
        let row = UserRow(target.account, store: target.store, types: target.enrollments.types)
        let why = target.resetReason(at: collaborators.clock.now())
        var members = row.members
        members.append(JSONMember(name: "requiresReset", value: .bool(why != nil)))
        if let why { members.append(JSONMember(name: "requiresResetBecause", value: .string(why))) }
        let actions = HelpdeskAction.allCases.map { action in
            JSONMember(name: action.rawValue, value: verdict(action, target, desk))
        }
        let unenroll = JSONMember(name: "unenroll", value: unenrollVerdict(target, desk))
        return members + [JSONMember(name: "actions", value: .object(actions + [unenroll]))]
    }

    private func unenrollVerdict(_ target: TargetFacts, _ desk: DeskOperator) -> JSON {
        switch target.decideUnenroll(by: desk.authority, protecting: collaborators.protected) {
        case .deny(let refusal): refused(target, refusal)
        case .allow: .object(["allowed": true])
        }
    }

    private func refused(_ target: TargetFacts, _ refusal: Refusal) -> JSON {
        .object([
            "allowed": false, "code": .string(refusal.rawValue), "sentence": .string(target.sentence(of: refusal)),
        ])
    }

    private func verdict(_ action: HelpdeskAction, _ target: TargetFacts, _ desk: DeskOperator) -> JSON {
        let last: JSON
        switch action {
        case .resetPassword: last = "reset"
        case .unlockAccount: last = "unlock"
        }
        switch target.decide(action, by: desk.authority, protecting: collaborators.protected) {
        case .deny(let refusal): return refused(target, refusal)
        case .allow(let obligations):
            return .object([
                "allowed": true, "pages": obligations.offersVerification ? ["authenticate", last] : [last],
                "skippable": .bool(!obligations.needsProof),
                "skipNeedsReason": .bool(!obligations.needsProof && desk.authority.policy.skipNeedsReason),
            ])
        }
    }

    private func resetOptions(_ policy: HelpdeskPolicy) -> JSON {
        .object([
            // A link needs an address to lead to.
            "methods": .array(
                policy.methods.filter { $0 == .newPassword || collaborators.publicURL != nil }.map(\.rawValue).sorted()
                    .map(JSON.string)),
            "channels": .array(policy.channels.map(\.rawValue).sorted().map(JSON.string)),
            "mustChange": .bool(policy.mustChangeAtNextLogon),
            "operatorMaySeePassword": .bool(policy.operatorMaySeePassword),
        ])
    }
}

extension TargetFacts {
    /// The refusal in words; of an unlock that the store cannot do, the store's own (R5).
    fileprivate func sentence(of refusal: Refusal) -> String {
        if refusal == .unlockUnsupported, case .unsupported(let reason) = store.capabilities.unlock { return reason }
        return refusal.sentence
    }

    /// Why the account needs a reset (R1); `nil`: it does not.
    fileprivate func resetReason(at now: Timestamp) -> String? {
        if account.mustChange { return "mustChange" }
        if account.isPasswordExpired(at: now) { return "passwordExpired" }
        if account.isLocked, store.capabilities.unlockOnlyByReset { return "locked" }
        return nil
    }
}

extension Contact {
    /// The address for an operator, hidden but for its ends unless the role may see it (V3, PR-01).
    fileprivate func json(inFull: Bool, at now: Timestamp) -> JSON {
        let isRecent = changedAt.map { now - $0 < .seconds(86_400) } ?? false
        return .object([
            "id": .string(id.text), "channel": .string(channel.rawValue), "source": .string(source.rawValue),
            "address": .string(inFull ? address : masked), "recentlyChanged": .bool(isRecent),
        ])
    }
}
