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
