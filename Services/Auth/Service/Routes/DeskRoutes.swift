import Audit
import AuthAPI
import Model
import StrictJSON
import Web

/// What the helpdesk service asks about accounts and operators, and the event feed.
struct DeskRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func enrollments(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let account = try call.parameter("account") { AccountID($0) }
        return .json(200, try await ReadAccount(collaborators: collaborators).enrollments(account, for: session).json)
    }

    @Sendable func contacts(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let account = try call.parameter("account") { AccountID($0) }
        return .json(200, try await ReadAccount(collaborators: collaborators).contacts(account, for: session).json)
    }

    @Sendable func unenroll(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let account = try call.parameter("account") { AccountID($0) }
        let key = try call.request.idempotencyKey()
        var body = try call.request.json()
        let request = try UnenrollmentRequest(reader: &body)
        try body.finish()
        let done = try await Unenroll(collaborators: collaborators)
            .run(account, request.types, key: key, by: session, origin: call.origin)
        return .json(200, done.json)
    }

    /// Asked by the helpdesk service for messages it sends long after the operator who wanted them has left.
    @Sendable func enabledTypes(_ call: Call<AuthCaller>) async throws -> Response {
        var body = try call.request.json()
        let question = try EnabledTypesQuestion(reader: &body)
        try body.finish()
        return .json(200, try await ReadEnabledTypes(collaborators: collaborators).run(question.accounts).json)
    }

    @Sendable func approvals(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        return .json(
            200, try await DecideApproval(collaborators: collaborators, origin: call.origin).pending(for: session).json)
    }

    @Sendable func decideApproval(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let id = try call.parameter("approval") { ApprovalID($0) }
        var body = try call.request.json()
        let decision = try ApprovalDecision(reader: &body)
        try body.finish()
        let approval = try await DecideApproval(collaborators: collaborators, origin: call.origin)
            .run(id, decision.choice, by: session)
        return .json(200, approval.json)
    }

    @Sendable func authority(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let account = try call.parameter("account") { AccountID($0) }
        let store = try call.request.query("store") { StoreID($0) }
        let authority = try await ReadAuthority(collaborators: collaborators).run(session, account: account)
        if let store, !authority.scope.contains(store) { throw AuthError.refused(.storeOutOfScope) }
        return .json(200, authority.json)
    }

    /// The feed is the audit chain, row by row: ordered, without gaps, and the reader can check the hashes.
    @Sendable func events(_ call: Call<AuthCaller>) async throws -> Response {
        let after = try call.request.query("after") { number($0, in: 0...Int64.max) } ?? 0
        let limit = try call.request.query("limit") { number($0, in: 1...1_000) } ?? 200
        let records = try await collaborators.database.read {
            try AuditReader.records(after: after, limit: Int(limit), $0)
        }
        return .json(
            200,
            .object([
                "service": .string(AuthNames.authService), "events": .array(records.map(\.json)),
                "last": .integer(records.last?.sequence ?? after),
            ]))
    }
}

/// A number of plain decimal digits in a range; signs and other digits are no number.
func number(_ text: String, in range: ClosedRange<Int64>) -> Int64? {
    guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let value = Int64(text), range.contains(value)
    else { return nil }
    return value
}
