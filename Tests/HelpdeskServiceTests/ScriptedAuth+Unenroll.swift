import AuthAPI
import AuthClient
import Model
import StrictJSON

/// Unenrollments and second persons of the scripted auth service.
extension ScriptedAuth {
    func unenroll(
        _ account: AccountID, _ request: UnenrollmentRequest, key: String, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Unenrollment {
        _ = try person(credentials)
        let found = try read { $0.people[account] }
        guard let found else {
            throw .refused(AuthRefusal(status: 404, code: "auth.account_not_found", title: "No such account"))
        }
        return change { script in
            script.unenrollments.append(key)
            if let kept = script.unenrolled[key] { return kept }
            let removed = found.types.intersection(request.types)
            let left = found.types.subtracting(removed)
            for (id, known) in script.people where known.master == found.master {
                script.people[id] = AccountEnrollments(
                    account: id, master: known.master, samePerson: known.samePerson, types: left,
                    operatorRank: known.operatorRank)
            }
            let done = Unenrollment(account: found.master, removed: removed, remaining: left)
            script.unenrolled[key] = done
            return done
        }
    }

    func administer(
        _ call: AdministrationCall, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> AdministrationAnswer {
        _ = try person(credentials)
        _ = try read { _ in }
        change { $0.administration.append(call) }
        return AdministrationAnswer(status: call.body == nil ? 200 : 201, body: ["roles": []], tag: "\"7\"")
    }

    func explain(
        _ action: HelpdeskAction, by operatorAccount: AccountID, on user: AccountID,
        _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> ActFacts {
        _ = try person(credentials)
        let found = try read { script in (script.desks[operatorAccount], script.people[user]) }
        guard let desk = found.0, let enrollments = found.1, let role = RoleID("desk") else {
            throw .refused(AuthRefusal(status: 404, code: "auth.account_not_found", title: "No such account"))
        }
        return ActFacts(
            operatorRole: role, rank: desk.rank, scope: desk.scope, permissions: desk.permissions,
            policy: desk.policy, userRole: role, enrollments: enrollments,
            verification: .refused("policy.too_few_verifiable_types"), secondPerson: nil)
    }

    func approvals(_ credentials: OperatorCredentials) async throws(CallerVerificationError) -> ApprovalList {
        _ = try person(credentials)
        return ApprovalList(approvals: try read { $0.approvals })
    }

    func decide(
        _ approval: ApprovalID, _ decision: ApprovalDecision, _ credentials: OperatorCredentials
    ) async throws(CallerVerificationError) -> Approval {
        _ = try person(credentials)
        let found = try read { script in script.approvals.first { $0.id == approval } }
        guard let found else {
            throw .refused(AuthRefusal(status: 404, code: "auth.approval_not_found", title: "No such request"))
        }
        return Approval(
            id: found.id, account: found.account, action: found.action, operatorAccount: found.operatorAccount,
            reason: found.reason, status: decision.choice == .approve ? .approved : .declined,
            createdAt: found.createdAt, expires: found.expires)
    }
}
