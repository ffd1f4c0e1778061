import AuthAPI
import Model
import StrictJSON
import Web

/// A signed-in person's own enrollments.
struct EnrollmentRoutes: Sendable {
    let collaborators: Collaborators
    let issuer: String

    @Sendable func list(_ call: Call<AuthCaller>) async throws -> Response {
        .json(200, try await ReadEnrollments(collaborators: collaborators).run(try call.caller.session))
    }

    @Sendable func questions(_ call: Call<AuthCaller>) async throws -> Response {
        .json(200, try await ReadEnrollments(collaborators: collaborators).questions(try call.caller.session))
    }

    @Sendable func putQuestions(_ call: Call<AuthCaller>) async throws -> Response {
        var body = try call.request.json()
        var answers: [EnrollQuestions.Answer] = []
        for var item in try body.objects("answers", count: 1...20) {
            answers.append(
                EnrollQuestions.Answer(
                    question: try item.parsed("question") { QuestionID($0) },
                    text: try item.string("answer", length: 1...256)))
            try item.finish()
        }
        try body.finish()
        try await EnrollQuestions(collaborators: collaborators)
            .run(try call.caller.session, answers, origin: call.origin)
        return .empty()
    }

    @Sendable func startMobile(_ call: Call<AuthCaller>) async throws -> Response {
        let number = try field("number", of: call.request)
        return try await start(call, .mobile, EnrollableAddress.mobile(number))
    }

    @Sendable func startEmail(_ call: Call<AuthCaller>) async throws -> Response {
        let address = try field("address", of: call.request)
        return try await start(call, .email, EnrollableAddress.mail(address))
    }

    private func start(
        _ call: Call<AuthCaller>, _ type: AuthenticationType, _ address: String
    ) async throws -> Response {
        try await EnrollAddress(collaborators: collaborators)
            .start(try call.caller.session, type, address: address, origin: call.origin)
        return .json(202, .object(["type": .string(type.rawValue), "status": "codeSent"]))
    }

    @Sendable func startAuthenticator(_ call: Call<AuthCaller>) async throws -> Response {
        try expectNothing(in: call.request)
        let offer = try await EnrollAuthenticator(collaborators: collaborators, issuer: issuer)
            .start(try call.caller.session, origin: call.origin)
        return .json(
            201,
            .object([
                "secret": .string(offer.secret), "uri": .string(offer.uri), "qrSvg": .string(offer.svg),
            ]))
    }

    @Sendable func confirm(_ call: Call<AuthCaller>) async throws -> Response {
        let type = try call.parameter("type") { AuthenticationType(rawValue: $0) }
        let code = Secret(try field("code", of: call.request, length: 1...16))
        let session = try call.caller.session
        switch type {
        case .mobile, .email:
            try await EnrollAddress(collaborators: collaborators)
                .confirm(session, type, code: code, origin: call.origin)
        case .authenticator:
            try await EnrollAuthenticator(collaborators: collaborators, issuer: issuer)
                .confirm(session, code: code, origin: call.origin)
        case .securityQuestions, .linkAccount, .yubiKey, .windowsHello:
            throw Problem.notFound
        }
        return .empty()
    }

    func remove(_ type: AuthenticationType) -> @Sendable (Call<AuthCaller>) async throws -> Response {
        { call in
            try await RemoveEnrollment(collaborators: collaborators)
                .run(try call.caller.session, type, origin: call.origin)
            return .empty()
        }
    }
}

/// Refuses a body that says anything; an empty object says nothing.
func expectNothing(in request: Request) throws {
    guard !request.body.isEmpty else { return }
    try request.json().finish()
}

/// The one text of a body that has nothing else.
func field(_ name: String, of request: Request, length: ClosedRange<Int> = 1...320) throws -> String {
    var body = try request.json()
    let text = try body.string(name, length: length)
    try body.finish()
    return text
}
