import AuthAPI
import Model
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

    @Sendable func stepUp(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.session
        let password = Secret(try field("password", of: call.request, length: 1...256))
        let until = try await StepUp(collaborators: collaborators).run(session, password: password, origin: call.origin)
        return .json(200, .object(["until": .string(until.rfc3339)]))
    }

    @Sendable func end(_ call: Call<AuthCaller>) async throws -> Response {
        try await SignOut(collaborators: collaborators).run(try call.caller.session, origin: call.origin)
        return .empty()
    }
}
