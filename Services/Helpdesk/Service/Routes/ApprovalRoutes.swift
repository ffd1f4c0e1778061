import AuthAPI
import AuthClient
import Model
import StrictJSON
import Web

/// What waits for a second person. The auth service keeps the requests and knows who may decide; here they are passed on.
struct ApprovalRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func list(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let person = try call.caller.person
        let list = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.approvals(person.credentials)
        }
        return .json(200, list.json)
    }

    @Sendable func decide(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let person = try call.caller.person
        let id = try call.parameter("approval") { ApprovalID($0) }
        var body = try call.request.json()
        let decision = try ApprovalDecision(reader: &body)
        try body.finish()
        let approval = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.decide(id, decision, person.credentials)
        }
        return .json(200, approval.json)
    }
}
