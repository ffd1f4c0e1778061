import AuthAPI
import AuthClient
import Model
import StrictJSON
import Web

/// What administrators read and change at the auth service by way of this one. That keeps it, knows who may do what, and
/// writes its history; here it is passed on as it stands.
struct AdministrationRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func pass(_ call: Call<HelpdeskCaller>) async throws -> Response {
        try await passOn(call)
    }

    @Sendable func passBody(_ call: Call<HelpdeskCaller>) async throws -> Response {
        try await passOn(call, body: try body(call.request))
    }

    @Sendable func passChange(_ call: Call<HelpdeskCaller>) async throws -> Response {
        try await passOn(call, body: try body(call.request), tag: try call.request.ifMatch())
    }

    @Sendable func passRemoval(_ call: Call<HelpdeskCaller>) async throws -> Response {
        try await passOn(call, tag: try call.request.ifMatch())
    }

    @Sendable func explain(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let person = try call.caller.person
        guard let operatorAccount = try call.request.query("operator", { AccountID($0) }) else {
            throw Problem.invalidQuery("operator", "The parameter operator is missing.")
        }
        guard let user = try call.request.query("user", { AccountID($0) }) else {
            throw Problem.invalidQuery("user", "The parameter user is missing.")
        }
        guard let action = try call.request.query("action", { HelpdeskAction(rawValue: $0) }) else {
            throw Problem.invalidQuery("action", "The parameter action is missing.")
        }
        return .json(
            200,
            try await ExplainDeskAct(collaborators: collaborators)
                .run(action, by: operatorAccount, on: user, for: person))
    }

    private func passOn(
        _ call: Call<HelpdeskCaller>, body: JSON? = nil, tag: String? = nil
    ) async throws -> Response {
        let person = try call.caller.person
        let request = AdministrationCall(
            call.request.method.description, try path(of: call), body: body, tag: tag)
        let answer = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.administer(request, person.credentials)
        }
        let response = answer.body.map { Response.json(answer.status, $0) } ?? .empty(answer.status)
        return answer.tag.map { response.header("ETag", $0) } ?? response
    }

    /// The path anew, out of ids that can stand in one.
    private func path(of call: Call<HelpdeskCaller>) throws(Problem) -> String {
        if call.parameters["account"] != nil {
            return AuthPath.accountRole.filled(try call.parameter("account") { AccountID($0) }.text)
        }
        guard call.parameters["role"] != nil else { return AuthPath.roles.pattern }
        let store = try call.parameter("store") { StoreID($0) }
        let role = try call.parameter("role") { RoleID($0) }
        return AuthPath.role.filled(store.text, role.text)
    }

    private func body(_ request: Request) throws(Problem) -> JSON {
        _ = try request.json()
        do throws(JSONError) {
            return try JSON.parse(request.body)
        } catch {
            throw .invalidBody(error)
        }
    }
}
