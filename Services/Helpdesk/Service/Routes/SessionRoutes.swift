import AuthAPI
import AuthClient
import Directory
import Model
import StrictJSON
import Web

/// The console's session, by way of the auth service.
struct SessionRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func create(_ call: Call<HelpdeskCaller>) async throws -> Response {
        var body = try call.request.json()
        let request = try SignInRequest(reader: &body)
        try body.finish()
        let grant = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.signIn(request, from: call.request.origin)
        }
        return .json(201, grant.json)
    }

    @Sendable func refresh(_ call: Call<HelpdeskCaller>) async throws -> Response {
        var body = try call.request.json()
        let request = try RefreshRequest(reader: &body)
        try body.finish()
        let grant = try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.refresh(request, from: call.request.origin)
        }
        return .json(200, grant.json)
    }

    @Sendable func end(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let person = try call.caller.person
        try await asking { () throws(CallerVerificationError) in
            try await collaborators.auth.signOut(person.credentials)
        }
        return .empty()
    }

    /// Who the operator is and what the role may do right now.
    @Sendable func me(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let store = collaborators.stores.store(of: desk.person.account)
        let account = try? await store?.account(desk.person.account)
        let authority = desk.authority
        return .json(
            200,
            .object([
                "account": .string(authority.account.text), "session": .string(authority.session.text),
                "displayName": (account?.displayName).map(JSON.string), "role": .string(authority.role.text),
                "permissions": .array(authority.permissions.map(\.rawValue).sorted().map(JSON.string)),
                "stores": .array(authority.scope.map(\.text).sorted().map(JSON.string)),
                "mode": .string(authority.policy.mode.rawValue),
            ]))
    }
}
