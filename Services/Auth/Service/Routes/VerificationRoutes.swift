import AuthAPI
import Model
import StrictJSON
import Web

/// The verify flow, as the helpdesk service walks it for an operator.
struct VerificationRoutes: Sendable {
    let collaborators: Collaborators
    let factors: FactorRegistry

    @Sendable func start(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        var body = try call.request.json()
        let request = try VerificationStart(reader: &body)
        try body.finish()
        let state = try await StartVerification(collaborators: collaborators)
            .run(session, request, origin: call.origin)
        return .json(201, state.json)
            .header("Location", AuthPath.verification.filled(state.id.text))
    }

    @Sendable func read(_ call: Call<AuthCaller>) async throws -> Response {
        let state = try await ReadVerification(collaborators: collaborators)
            .run(try call.caller.operatorSession, try id(call))
        return .json(200, state.json)
    }

    @Sendable func answerQuestion(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        let question = try call.parameter("question") { QuestionID($0) }
        let answer = try field("answer", of: call.request, length: 1...256)
        let result = try await AnswerQuestion(collaborators: collaborators)
            .run(session, try id(call), question, answer: answer, origin: call.origin)
        return .json(200, result.json)
    }

    func send(_ type: AuthenticationType) -> @Sendable (Call<AuthCaller>) async throws -> Response {
        { call in
            try expectNothing(in: call.request)
            try await SendCode(collaborators: collaborators)
                .run(try call.caller.operatorSession, try id(call), type, origin: call.origin)
            return .json(202, .object(["type": .string(type.rawValue), "status": "codeSent"]))
        }
    }

    func answer(_ type: AuthenticationType) -> @Sendable (Call<AuthCaller>) async throws -> Response {
        { call in
            let session = try call.caller.operatorSession
            let code = Secret(try field("code", of: call.request, length: 1...16))
            let result = try await CheckFactor(collaborators: collaborators, factors: factors)
                .run(session, try id(call), type, value: code, origin: call.origin)
            return .json(200, result.json)
        }
    }

    @Sendable func redeem(_ call: Call<AuthCaller>) async throws -> Response {
        let session = try call.caller.operatorSession
        var body = try call.request.json()
        let request = try RedemptionRequest(reader: &body)
        try body.finish()
        let proof = try await RedeemProof(collaborators: collaborators)
            .run(session, try id(call), operation: request.operation, origin: call.origin)
        return .json(200, proof.json)
    }

    private func id(_ call: Call<AuthCaller>) throws -> VerificationID {
        try call.parameter("verification") { VerificationID($0) }
    }
}
