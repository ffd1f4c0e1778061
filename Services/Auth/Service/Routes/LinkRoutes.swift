import AuthAPI
import Model
import StrictJSON
import Web

/// The links between accounts of one person, for administrators.
struct LinkRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func list(_ call: Call<AuthCaller>) async throws -> Response {
        let account = try call.parameter("account") { AccountID($0) }
        let found = try await ReadLinks(collaborators: collaborators).run(account, for: try call.caller.administrator)
        return .json(
            200,
            .object(["master": .string(found.master.text), "links": .array(found.links.map(\.json))]))
    }

    @Sendable func create(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.administrator
        var body = try call.request.json()
        let master = try body.parsed("master", as: "account id") { AccountID($0) }
        let account = try body.parsed("account", as: "account id") { AccountID($0) }
        try body.finish()
        let (link, isNew) = try await LinkAccounts(collaborators: collaborators)
            .link(account, to: master, by: session, origin: call.origin)
        return .json(isNew ? 201 : 200, link.json)
    }

    @Sendable func delete(_ call: Call<AuthCaller>) async throws -> Response {
        let account = try call.parameter("account") { AccountID($0) }
        try await LinkAccounts(collaborators: collaborators)
            .unlink(account, by: try call.caller.administrator, origin: call.origin)
        return .empty()
    }
}

extension AccountLink {
    fileprivate var json: JSON {
        .object([
            "account": .string(account.text), "master": .string(master.text), "linkedAt": .string(linkedAt.rfc3339),
        ])
    }
}
