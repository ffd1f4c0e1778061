import Configuration
import Model
import Policy
import StrictJSON
import Web

/// The roles, for administrators.
struct RoleRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func list(_ call: Call<AuthCaller>) async throws -> Response {
        let roles = try await manage.list(for: try call.caller.administrator)
        return .json(200, .object(["roles": .array(try roles.map(shown))]))
    }

    @Sendable func read(_ call: Call<AuthCaller>) async throws -> Response {
        let (id, store) = try name(call)
        return try answer(200, try await manage.read(id, of: store, for: try call.caller.administrator))
    }

    @Sendable func create(_ call: Call<AuthCaller>) async throws -> Response {
        let role = try await manage.create(
            try body(call.request), by: try call.caller.administrator, origin: call.origin)
        return try answer(201, role)
    }

    @Sendable func replace(_ call: Call<AuthCaller>) async throws -> Response {
        let (id, store) = try name(call)
        let state = ManageRoles.RoleName(id: id, store: store, tag: try call.request.ifMatch())
        let role = try await manage.replace(
            state, with: try body(call.request), by: try call.caller.administrator, origin: call.origin)
        return try answer(200, role)
    }

    @Sendable func delete(_ call: Call<AuthCaller>) async throws -> Response {
        let (id, store) = try name(call)
        let state = ManageRoles.RoleName(id: id, store: store, tag: try call.request.ifMatch())
        try await manage.remove(state, by: try call.caller.administrator, origin: call.origin)
        return .empty()
    }

    private var manage: ManageRoles { ManageRoles(collaborators: collaborators) }

    private func name(_ call: Call<AuthCaller>) throws(Problem) -> (RoleID, StoreID) {
        (try call.parameter("role") { RoleID($0) }, try call.parameter("store") { StoreID($0) })
    }

    /// The body as a whole: what is wrong in it is told all at once, so it is not read member by member.
    private func body(_ request: Request) throws(Problem) -> JSON {
        _ = try request.json()
        do throws(JSONError) {
            return try JSON.parse(request.body)
        } catch {
            throw .invalidBody(error)
        }
    }

    private func answer(_ status: Int, _ role: StoredRole) throws -> Response {
        .json(status, try shown(role)).header("ETag", role.tag)
    }

    /// The role with what an administrator should know of it besides.
    private func shown(_ role: StoredRole) throws -> JSON {
        let read = try RoleConfiguration.read([role], stores: collaborators.stores.all.map(\.id)).first
        let dangers = (read?.dangers ?? []).map { danger in
            JSON.object(["code": .string(danger.rawValue), "sentence": .string("This role " + danger.sentence)])
        }
        return .object(
            (role.body.objectValue ?? []) + [
                JSONMember(name: "builtIn", value: .bool(read?.isBuiltIn ?? false)),
                JSONMember(name: "etag", value: .string(role.tag)),
                JSONMember(name: "warnings", value: .array(dangers)),
            ])
    }
}
