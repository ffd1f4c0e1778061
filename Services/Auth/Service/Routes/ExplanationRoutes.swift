import AuthAPI
import Model
import Web

/// Who holds which role, and what an act would take: for administrators, with the reasons.
struct ExplanationRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func role(_ call: Call<AuthCaller>) async throws -> Response {
        let account = try call.parameter("account") { AccountID($0) }
        return .json(
            200, try await ExplainRole(collaborators: collaborators).run(account, for: try call.caller.administrator))
    }

    @Sendable func act(_ call: Call<AuthCaller>) async throws -> Response {
        let operatorAccount = try needed("operator", call) { AccountID($0) }
        let user = try needed("user", call) { AccountID($0) }
        let action = try needed("action", call) { HelpdeskAction(rawValue: $0) }
        let facts = try await ExplainAct(collaborators: collaborators, origin: call.origin)
            .run(action, by: operatorAccount, on: user, for: try call.caller.administrator)
        return .json(200, facts.json)
    }

    private func needed<Value>(
        _ name: String, _ call: Call<AuthCaller>, _ convert: (String) -> Value?
    ) throws(Problem) -> Value {
        guard let value = try call.request.query(name, convert) else {
            throw .invalidQuery(name, "The parameter \(name) is missing.")
        }
        return value
    }
}
