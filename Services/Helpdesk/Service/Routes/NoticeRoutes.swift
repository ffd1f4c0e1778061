import Model
import Policy
import StrictJSON
import Web

/// Requests to enroll, to many people or one.
struct NoticeRoutes: Sendable {
    let collaborators: Collaborators

    @Sendable func start(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let request = try request(call)
        let identity = try call.identity(for: desk, body: try JSON.parse(call.request.body), collaborators.keyring)
        return try await NotifyUsers(collaborators: collaborators).run(request, as: identity, by: desk).response
    }

    @Sendable func preview(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let desk = try await call.desk(collaborators)
        let page = try call.request.page(standard: 50, maximum: 200)
        var after: AccountID?
        if let keys = page.keys {
            after = keys.first?.stringValue.flatMap { AccountID($0) }
            guard keys.count == 1, after != nil else { throw HelpdeskError.invalidCursor }
        }
        let part = PreviewNotice.Part(after: after, limit: page.limit)
        return .json(200, try await PreviewNotice(collaborators: collaborators).run(request(call), part, for: desk))
    }

    @Sendable func read(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("notice") { NoticeID($0) }
        let desk = try await call.desk(collaborators)
        return .json(200, try await ReadNotice(collaborators: collaborators).run(id, for: desk))
    }

    @Sendable func stop(_ call: Call<HelpdeskCaller>) async throws -> Response {
        let id = try call.parameter("notice") { NoticeID($0) }
        let desk = try await call.desk(collaborators)
        if !call.request.body.isEmpty { try call.request.json().finish() }
        return .json(200, try await ReadNotice(collaborators: collaborators).stop(id, by: desk))
    }

    private func request(_ call: Call<HelpdeskCaller>) throws -> NoticeRequest {
        var body = try call.request.json()
        let recipients = try body.recipients()
        let types = try body.noticeTypes()
        let subject = try body.optionalString("subject", length: 1...200)
        let message = try body.optionalString("message", length: 1...10_000)
        let includesEnrolled = try body.optionalBool("includeEnrolled") ?? false
        try body.finish()
        // Who was ticked was meant, whatever they are enrolled with.
        var isTicked = false
        if case .ticked = recipients { isTicked = true }
        return NoticeRequest(
            recipients: recipients,
            terms: NoticeRule.Terms(types: types, includesEnrolled: includesEnrolled || isTicked), subject: subject,
            message: message)
    }
}

extension JSONObjectReader {
    /// Exactly one of `all`, `stores`, `users`, or `filter` with or without `except`.
    fileprivate mutating func recipients() throws(JSONError) -> UserSelection {
        var chosen = try object("recipients")
        let isAll = try chosen.optionalBool("all") ?? false
        let stores = try chosen.list("stores") { StoreID($0) }
        let users = try chosen.list("users") { AccountID($0) }
        let except = try chosen.list("except") { AccountID($0) }
        let filter = try chosen.userFilter()
        try chosen.finish()
        let ways = (isAll ? 1 : 0) + (stores.isEmpty ? 0 : 1) + (users.isEmpty ? 0 : 1) + (filter == nil ? 0 : 1)
        guard ways == 1 else { throw error("recipients", "has to be one of all, stores, filter and users") }
        guard except.isEmpty || filter != nil else { throw error("recipients", "has except without filter") }
        if !users.isEmpty { return .ticked(users) }
        var query = filter ?? UserQuery()
        if !stores.isEmpty { query.stores = stores }
        return .listed(query, except: Set(except))
    }

    /// `"all"`, or a list of types.
    fileprivate mutating func noticeTypes() throws(JSONError) -> Set<AuthenticationType>? {
        if value("types") == .string("all") { return nil }
        let types = try list("types") { AuthenticationType(rawValue: $0) }
        guard !types.isEmpty else { throw error("types", "has to be \"all\" or a list of types") }
        return Set(types)
    }
}
