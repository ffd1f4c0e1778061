import Model
import StrictJSON
import Web

/// Resets, unlocks, retries.
struct ActRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func reset(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let user = try call.parameter("id") { AccountID($0) }
        return try await perform(call) { body in try resetRequest(for: user, &body) }
    }

    @Sendable func unlock(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let user = try call.parameter("id") { AccountID($0) }
        return try await perform(call) { body in
            ActRequest(
                action: .unlockAccount, user: user, accounts: try body.pickedAccounts(),
                verification: try body.verification(), reason: try body.skipReason(), delivery: nil)
        }
    }

    @Sendable func retry(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("operation") { OperationID($0) }
        let desk = try await call.desk(collaborators)
        if !call.request.body.isEmpty { try call.request.json().finish() }
        let identity = try call.identity(for: desk, body: .object([]), collaborators.keyring)
        let answer = try await RetryOperation(collaborators: collaborators).run(id, as: identity, by: desk)
        return answer.response
    }

    @Sendable func read(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("operation") { OperationID($0) }
        let person = try call.caller.person
        return try await ReadOperation(collaborators: collaborators).run(id, for: person).response
    }

    private func perform(
        _ call: Call<HelpdeskCaller>, _ read: (inout JSONObjectReader) throws -> ActRequest
    ) async throws -> Response {
        let desk = try await call.desk(collaborators)
        var body = try call.request.json()
        let request = try read(&body)
        try body.finish()
        let identity = try call.identity(for: desk, body: try JSON.parse(call.request.body), collaborators.keyring)
        let answer = try await PerformAct(collaborators: collaborators).run(request, as: identity, by: desk)
        return answer.response
    }

    private func resetRequest(for user: AccountID, _ body: inout JSONObjectReader) throws -> ActRequest {
        let accounts = try body.pickedAccounts()
        let verification = try body.verification()
        let reason = try body.skipReason()
        let method = try body.parsed("method", as: "reset method") { HelpdeskPolicy.ResetMethod(rawValue: $0) }
        let choice: PasswordChoice
        switch method {
        case .newPassword: choice = try body.passwordChoice()
        case .secureLink:
            guard accounts.count == 1 else { throw body.error("accounts", "is one account for a link") }
            guard collaborators.publicURL != nil else { throw HelpdeskError.methodUnavailable }
            choice = .byOwner
        }
        let delivery = PasswordDelivery(password: choice, contacts: try body.contactChoices())
        return ActRequest(
            action: .resetPassword, user: user, accounts: accounts, verification: verification, reason: reason,
            delivery: delivery)
    }
}

extension ActAnswer {
    /// A stored refusal comes again as the problem it was.
    var response: Response {
        guard status >= 400 else { return .json(status, body) }
        return Response(
            status: status, headers: [("Content-Type", "application/problem+json")], body: body.serialized())
    }
}

extension JSONObjectReader {
    /// The accounts picked, 1 to 16 different ones.
    fileprivate mutating func pickedAccounts() throws(JSONError) -> [AccountID] {
        var picked: [AccountID] = []
        for (index, text) in try strings("accounts", count: 1...16, length: 1...129).enumerated() {
            guard let account = AccountID(text) else {
                throw JSONError(pointer: "\(pointer)/accounts/\(index)", reason: "is not a valid account id")
            }
            guard !picked.contains(account) else {
                throw JSONError(pointer: "\(pointer)/accounts/\(index)", reason: "is named twice")
            }
            picked.append(account)
        }
        return picked
    }

    fileprivate mutating func verification() throws(JSONError) -> VerificationID? {
        try optionalParsed("verification", as: "verification id") { VerificationID($0) }
    }

    fileprivate mutating func skipReason() throws(JSONError) -> String? {
        try optionalString("reason", length: 1...500)
    }

    /// Either `password`, typed, or `generate: true`.
    fileprivate mutating func passwordChoice() throws(JSONError) -> PasswordChoice {
        let typed = try optionalString("password", length: 1...1_024)
        let generate = try optionalBool("generate") ?? false
        switch (typed, generate) {
        case (let typed?, false): return .typed(Secret(typed))
        case (nil, true): return .generated
        case (.some, true): throw error("generate", "cannot come with a password")
        case (nil, false): throw error("password", "is missing; or set generate to true")
        }
    }

    fileprivate mutating func contactChoices() throws(JSONError) -> [ContactChoice] {
        guard var deliver = try optionalObject("deliver") else { return [] }
        let mobile = try deliver.optionalParsed("mobile", as: "contact id") { ContactID($0) }
        let email = try deliver.optionalParsed("email", as: "contact id") { ContactID($0) }
        try deliver.finish()
        return [
            mobile.map { ContactChoice(id: $0, channel: .sms) }, email.map { ContactChoice(id: $0, channel: .email) },
        ].compactMap { $0 }
    }
}
