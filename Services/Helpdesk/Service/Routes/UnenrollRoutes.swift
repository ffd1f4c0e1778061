import AuthAPI
import Model
import StrictJSON
import Web

/// Removes what a user is enrolled with.
struct UnenrollRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func unenroll(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let user = try call.parameter("id") { AccountID($0) }
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let request = try UnenrollmentRequest(reader: &body)
        try body.finish()
        let identity = try call.identity(for: desk, body: request.json, collaborators.keyring)
        return try await UnenrollUser(collaborators: collaborators).run(user, request, as: identity, by: desk).response
    }
}
