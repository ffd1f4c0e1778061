import AuthAPI
import StrictJSON
import Web

/// Sign-in, refresh, sign-out.
struct SessionRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func create(_ call: Call<AuthCaller>) async throws -> Response {
        var body = try call.request.json()
        let request = try SignInRequest(reader: &body)
        try body.finish()
        let grant = try await SignIn(collaborators: collaborators).run(request, origin: call.origin)
        return .json(201, grant.json)
    }

    @Sendable func refresh(_ call: Call<AuthCaller>) async throws -> Response {
        var body = try call.request.json()
        let request = try RefreshRequest(reader: &body)
        try body.finish()
        let grant = try await RefreshSession(collaborators: collaborators).run(request, origin: call.origin)
        return .json(200, grant.json)
    }

    @Sendable func end(_ call: Call<AuthCaller>) async throws -> Response {
        try await SignOut(collaborators: collaborators).run(try call.caller.session, origin: call.origin)
        return .empty()
    }
}
