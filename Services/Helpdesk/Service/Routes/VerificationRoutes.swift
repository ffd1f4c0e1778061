import AuthClient
import Model
import StrictJSON
import Web

/// The verify flow, as an operator walks it.
struct VerificationRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func start(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let user = try call.parameter("id") { AccountID($0) }
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let action = try body.parsed("action", as: "action") { HelpdeskAction(rawValue: $0) }
        try body.finish()
        let state = try await VerifyCaller(collaborators: collaborators).start(user, action, by: desk)
        return .json(201, state.json).header("Location", "/v1/verifications/\(state.id.text)")
    }

    @Sendable func read(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try id(call)
        let desk = try await call.desk(collaborators)
        return .json(200, try await VerifyCaller(collaborators: collaborators).read(id, by: desk).json)
    }

    @Sendable func answerQuestion(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let question = try call.parameter("question") { QuestionID($0) }
        let answer = try field("answer", of: call.request, length: 1...256)
        let result = try await VerifyCaller(collaborators: collaborators)
            .check(.question(question, answer: answer), in: try id(call), by: try call.caller.person)
        return .json(200, result.json)
    }

    func send(_ type: AuthenticationType) -> @Sendable (Call<HelpdeskCaller>) async throws -> Response {
        { call in
            let sending = try await VerifyCaller(collaborators: collaborators)
                .sendCode(type, in: try id(call), by: try call.caller.person)
            return .json(202, sending.json)
        }
    }

    func answer(_ type: AuthenticationType) -> @Sendable (Call<HelpdeskCaller>) async throws -> Response {
        { call in
            let code = try field("code", of: call.request, length: 1...16)
            let result = try await VerifyCaller(collaborators: collaborators)
                .check(.code(type, code: code), in: try id(call), by: try call.caller.person)
            return .json(200, result.json)
        }
    }

    private func id(_ call: Call<HelpdeskCaller>) throws -> VerificationID {
        try call.parameter("verification") { VerificationID($0) }
    }

    private func field(_ name: String, of request: Request, length: ClosedRange<Int>) throws -> String {
        var body = try request.json()
        let value = try body.string(name, length: length)
        try body.finish()
        return value
    }
}
